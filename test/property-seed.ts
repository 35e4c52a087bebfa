import fc from "fast-check";

/** Properties draw from one seed, so that a run can be repeated; another is tried with BELLMESH_PROPERTY_SEED. */
fc.configureGlobal({ seed: Number(process.env.BELLMESH_PROPERTY_SEED ?? 20261121) });
