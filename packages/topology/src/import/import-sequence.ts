import { fibreTransmission } from "@bellmesh/hardware";
import { nearest } from "../nearest.ts";
import { list } from "../section.ts";
import { emissionFidelityOfPair, meanAttenuation, pairFidelity, SHORTEST_KM } from "./both-sides.ts";
import { type ImportSource, type SourceMapping, tidy } from "./import-source.ts";
import type { Imported, ImportedLink, ImportedNetwork, ImportedNode } from "./imported-network.ts";
import { type ClassicalDelays, classicalDelays } from "./sequence-delays.ts";
import { type SequenceMemory, sequenceMemory } from "./sequence-memory.ts";
import { type SequenceStation, sequenceStation } from "./sequence-station.ts";
import { TokenNames } from "./token-names.ts";

/** Of SeQUeNCe's fibres, which is no parameter of its files. */
const FIBRE_KM_PER_S = 200_000;

const conventions = [
  "Units: m, dB/m, ps, s and Hz there; km, dB/km, ns and s here. A qconnection's distance is the whole fibre, " +
    "with the station in its middle.",
  "Pairs: there a success is given the memory's fidelity, errors shared equally; here the same Werner pair is " +
    "made by emissionFidelity, (4F − 1)/3 being the product of both ends'. Dark counts cost fidelity here.",
  "Success: ½ηAηB in both, with η = memory efficiency · fibre · detector. Visibility is 1 there.",
  "Memory: Pauli errors at the rates share / coherence_time there; T1 and T2 here.",
  "Expiry: there every memory is given up after coherence_time · cutoff_ratio; here repeaters give pairs up.",
  "gate_fidelity f is a depolarising probability 1 − f of both qubits; measurement_fidelity f is p01 = p10 = 1 − f.",
  "Bell states: the diagonal is Φ+, Φ−, Ψ+, Ψ− there, Φ+, Ψ+, Φ−, Ψ− here; no number below depends on it.",
  "Period: a round there negotiates (twice the ends' classical delay), sends the photon and returns the click; " +
    "single_atom needs a second round after a click in the first. The period here is the mean time of an attempt. " +
    "Memories attempt each on its own there; here a link makes one attempt a period.",
];

interface Router {
  readonly mapping: SourceMapping;
  readonly name: string;
  readonly token: string;
  readonly memory: SequenceMemory;
}

interface Arm {
  readonly lengthKm: number;
  readonly dbPerKm: number;
}

/** Two routers and the station between them. */
interface Connection {
  readonly mapping: SourceMapping;
  readonly from: string;
  readonly ends: readonly [Router, Router];
  readonly arms: readonly [Arm, Arm];
  readonly station: SequenceStation;
  /** The station's name, when the source has it as a node. */
  readonly stationName: string | undefined;
}

/**
 * Reads a topology of SeQUeNCe, with `qconnections` or with `qchannels` to BSM nodes, into the conventions of the
 * topology file. The format and its defaults are those of SeQUeNCe's router topologies and components.
 * @throws TopologyError for the first contradictory, unphysical or missing value.
 */
export function importSequence(source: ImportSource): ImportedNetwork {
  const { top } = source;
  const names = new TokenNames();
  const { routers, stations } = readNodes(top, names);
  const connections = [...readConnections(top, routers), ...readChannels(top, routers, stations)];
  const delays = classicalDelays(top);
  warnDelays(delays, connections);
  return {
    tool: "SeQUeNCe",
    name: names.take(source.file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "")),
    fibreSpeedKmPerS: { value: FIBRE_KM_PER_S, from: "2e-4 m/ps, no parameter of the file" },
    cutoffMs: cutoffOf(top, routers),
    nodes: routers.map((router) => importedNode(router, connections)),
    links: connections.map((connection) => {
      const [a, b] = connection.ends;
      return importedLink(connection, delays, names.take(`${a.token}-${b.token}`));
    }),
    conventions,
  };
}

const routerTypes = ["QuantumRouter", "QuantumNode", "DQCNode"];

function readNodes(top: SourceMapping, names: TokenNames) {
  const routers: Router[] = [];
  const stations = new Map<string, SourceMapping>();
  const seen = new Set<string>();
  for (const mapping of top.mappings("nodes")) {
    const name = mapping.text("name", "give the node's name");
    if (seen.has(name))
      throw mapping.error("name", `${JSON.stringify(name)} is given twice`, "give each node its own name");
    seen.add(name);
    const type = mapping.text("type", `give one of ${list([...routerTypes, "BSMNode"])}`);
    if (type === "BSMNode") stations.set(name, mapping);
    else if (routerTypes.includes(type)) {
      const template = templateOf(top, mapping);
      const memory = sequenceMemory(template?.has("MemoryArray") ? template.mapping("MemoryArray") : emptyOf(mapping));
      routers.push({ mapping, name, token: names.take(name), memory });
    } else {
      const expected = `only ${list([...routerTypes, "BSMNode"])} are nodes of an entanglement network`;
      throw mapping.error("type", `${JSON.stringify(type)} cannot be imported`, expected);
    }
  }
  if (routers.length === 0) throw top.error("nodes", "there are no routers", "give nodes of the type QuantumRouter");
  return { routers, stations };
}

/** A memory that says nothing has the tool's defaults. */
function emptyOf(mapping: SourceMapping): SourceMapping {
  return mapping.mapping("MemoryArray");
}

function templateOf(top: SourceMapping, mapping: SourceMapping): SourceMapping | undefined {
  if (!mapping.has("template")) return undefined;
  const name = mapping.text("template", "give the name of a template");
  const templates = top.mapping("templates");
  if (templates.has(name)) return templates.mapping(name);
  const known = templates.fields();
  const near = nearest(name, known);
  const expected = near === undefined ? "give the name of a mapping in templates" : `did you mean ${near}?`;
  throw mapping.error("template", `there is no template ${JSON.stringify(name)}`, expected);
}

function routerNamed(mapping: SourceMapping, field: string, routers: readonly Router[]): Router {
  const name = mapping.text(field, "give the name of a router");
  const router = routers.find((candidate) => candidate.name === name);
  if (router !== undefined) return router;
  const near = nearest(
    name,
    routers.map((candidate) => candidate.name),
  );
  const expected = near === undefined ? "give the name of a router in nodes" : `did you mean ${near}?`;
  throw mapping.error(field, `unknown router ${JSON.stringify(name)}`, expected);
}

const distance = { unit: "m", min: 0, max: 1e9, meaning: "length of the fibre" } as const;
const attenuation = { unit: "dB/m", min: 0, max: 1000, meaning: "loss of the fibre" } as const;

function readArm(mapping: SourceMapping, share: number): Arm {
  const km = (mapping.required("distance", distance) / 1000) * share;
  if (km === 0) mapping.warn("distance", `0 m: ${SHORTEST_KM} km here, for it must be above 0`);
  return {
    lengthKm: tidy(Math.max(SHORTEST_KM, km)),
    dbPerKm: tidy(mapping.required("attenuation", attenuation) * 1000),
  };
}

function readConnections(top: SourceMapping, routers: readonly Router[]): readonly Connection[] {
  return top.mappings("qconnections").map((mapping) => {
    const ends = [routerNamed(mapping, "node1", routers), routerNamed(mapping, "node2", routers)] as const;
    if (ends[0] === ends[1])
      throw mapping.error("node2", "the connection joins a node to itself", "give two different nodes");
    mapping.choice("type", ["meet_in_the_middle"], "meet_in_the_middle");
    const arm = readArm(mapping, 0.5);
    const station = sequenceStation(templateOf(top, mapping));
    const from = `qconnection of ${ends.map(({ name }) => JSON.stringify(name)).join(" and ")}`;
    return { mapping, from, ends, arms: [arm, arm], station, stationName: undefined };
  });
}

/** A station is where the quantum channels of two routers end. */
function readChannels(
  top: SourceMapping,
  routers: readonly Router[],
  stations: ReadonlyMap<string, SourceMapping>,
): readonly Connection[] {
  const arriving = new Map<string, { mapping: SourceMapping; router: Router; arm: Arm }[]>();
  for (const mapping of top.mappings("qchannels")) {
    mapping.ignore("name");
    const router = routerNamed(mapping, "source", routers);
    const station = mapping.text("destination", "give the name of a BSM node");
    if (!stations.has(station)) {
      const expected = "quantum channels lead from routers to BSM nodes; give the name of one";
      throw mapping.error("destination", `${JSON.stringify(station)} is no BSM node`, expected);
    }
    const channels = arriving.get(station) ?? [];
    arriving.set(station, [...channels, { mapping, router, arm: readArm(mapping, 1) }]);
  }
  const connections: Connection[] = [];
  for (const [name, mapping] of stations) {
    const [first, second, third] = arriving.get(name) ?? [];
    if (first === undefined || second === undefined || third !== undefined || first.router === second.router) {
      const count = (arriving.get(name) ?? []).length;
      const expected = "a BSM node stands between two routers, with a quantum channel from each";
      throw mapping.error("name", `${count} quantum channels end in ${JSON.stringify(name)}`, expected);
    }
    const station = sequenceStation(templateOf(top, mapping));
    const senders = [first, second].map(({ router }) => JSON.stringify(router.name));
    const from = `qchannels of ${senders.join(" and ")} to ${JSON.stringify(name)}`;
    connections.push({
      mapping: first.mapping,
      from,
      ends: [first.router, second.router],
      arms: [first.arm, second.arm],
      station,
      stationName: name,
    });
  }
  return connections;
}

const memories = { unit: "", min: 0, max: 1e6, whole: true, default: 50, meaning: "number of memories" } as const;
const gate = { unit: "", min: 0, max: 1, default: 1, meaning: "fidelity of a two-qubit gate" } as const;
const reading = { unit: "", min: 0.5, max: 1, default: 1, meaning: "fidelity of a measurement" } as const;

function importedNode(router: Router, connections: readonly Connection[]): ImportedNode {
  const { mapping, memory } = router;
  const links = connections.filter(({ ends }) => ends.includes(router)).length;
  const given = mapping.number("memo_size", memories);
  if (given === undefined)
    mapping.warn("memo_size", "not given, and the tool's versions differ in its default; 50 taken");
  const total = given ?? memories.default;
  if (total < Math.max(1, links)) {
    throw mapping.error("memo_size", `${total} memories for ${links} links`, "give at least one memory for each link");
  }
  const each = Math.min(1024, Math.floor(total / Math.max(1, links)));
  if (links > 0 && each * links !== total) {
    mapping.warn(
      "memo_size",
      `${total} memories for ${links} links: each link has ${each} communication slots of its own here`,
    );
  }
  const shared = links > 1 ? `, shared out among ${links} links` : "";
  const instant = { value: 0, from: "takes no time there" };
  const error = mapping.imported("measurement_fidelity", reading, (fidelity) => 1 - fidelity);
  const sum = { ...memory.coherence, communicationSlots: { value: each, from: `memo_size ${total}${shared}` } };
  return {
    name: router.token,
    from: JSON.stringify(router.name),
    memory: sum,
    gates: {
      twoQubitDepolarising: mapping.imported("gate_fidelity", gate, (fidelity) => 1 - fidelity),
      twoQubitNs: instant,
      oneQubitNs: instant,
    },
    readout: { p01: error, p10: error, durationNs: instant },
  };
}

function importedLink(connection: Connection, delays: ClassicalDelays, name: string): ImportedLink {
  const { ends, arms, station, mapping } = connection;
  const [a, b] = [ends[0].memory, ends[1].memory];
  if (a.efficiency !== b.efficiency || a.fidelity !== b.fidelity) {
    mapping.warn("", "the ends' memories differ: one emission efficiency and fidelity for both here, their means");
  }
  const fidelity = pairFidelity([emissionFidelityOfPair(a.fidelity), emissionFidelityOfPair(b.fidelity)]);
  const armsKm = [arms[0].lengthKm, arms[1].lengthKm] as const;
  const armsFrom =
    armsKm[0] === armsKm[1]
      ? `${tidy(2000 * armsKm[0])} m in all`
      : `${armsKm.map((km) => tidy(1000 * km)).join(" m and ")} m`;
  const lossFrom = arms[0].dbPerKm === arms[1].dbPerKm ? "" : ", mean over the fibre";
  const perM = arms
    .map(({ dbPerKm }) => tidy(dbPerKm / 1000))
    .filter((loss, position, all) => all.indexOf(loss) === position);
  const efficiency = Math.sqrt(a.efficiency * b.efficiency) * station.detectorEfficiency;
  const arm = (km: number): Imported => ({ value: km, from: armsFrom });
  return {
    name,
    between: [ends[0].token, ends[1].token],
    from: `${connection.from}, ${station.encoding}`,
    armsKm: [arm(armsKm[0]), arm(armsKm[1])],
    attenuationDbPerKm: {
      value: tidy(meanAttenuation([arms[0].dbPerKm, arms[1].dbPerKm], armsKm)),
      from: `attenuation ${perM.join(" and ")} dB/m${lossFrom}`,
    },
    words: { scheme: "double-click" },
    heralding: {
      emissionEfficiency: {
        value: tidy(efficiency),
        from: `memory efficiency ${tidy(Math.sqrt(a.efficiency * b.efficiency))}, ${station.from}`,
      },
      emissionFidelity: { value: tidy(emissionFidelityOfPair(fidelity)), from: `memory fidelity ${tidy(fidelity)}` },
      darkCountProbability: { value: station.darkCountProbability, from: station.from },
      visibility: { value: 1, from: "photons are alike there" },
      detectionWindowNs: { value: station.windowNs, from: "time_resolution" },
      photonLifetimeNs: { value: 1000, from: "there are no photon shapes there; of no effect with perfect clocks" },
      periodNs: periodOf(connection, delays),
    },
  };
}

/** The mean time of an attempt: two rounds of single_atom after a first click, otherwise one. */
function periodOf({ ends, arms, station, stationName, mapping }: Connection, delays: ClassicalDelays): Imported {
  const lightPs = arms.map(({ lengthKm }) => (lengthKm * 1e12) / FIBRE_KM_PER_S) as [number, number];
  const longestPs = Math.max(...lightPs);
  const betweenPs = delays.meanPs(ends[0].name, ends[1].name);
  if (betweenPs === undefined) {
    mapping.warn("", "no classical channel joins its ends; the light time of the fibre was taken for the period");
  }
  const endsPs = betweenPs ?? lightPs[0] + lightPs[1];
  const heraldPs =
    stationName === undefined
      ? Math.floor(endsPs / 2)
      : Math.max(...ends.map(({ name }, side) => delays.meanPs(stationName, name) ?? (lightPs[side] as number)));
  const excitePs = Math.max(...ends.map(({ memory }) => (memory.frequencyHz > 0 ? 1e12 / memory.frequencyHz : 0)));
  const roundPs = Math.max(excitePs, 2 * endsPs + longestPs + heraldPs);
  const [etaA, etaB] = arms.map(
    ({ lengthKm, dbPerKm }, side) =>
      fibreTransmission(lengthKm, dbPerKm, 0) * station.detectorEfficiency * (ends[side] as Router).memory.efficiency,
  ) as [number, number];
  const rounds = station.encoding === "single_atom" ? 1 + (etaA + etaB - etaA * etaB) / 2 : 1;
  const thereNs = (roundPs * rounds) / 1000;
  const roundTripNs = (2 * longestPs) / 1000;
  const from = `${Number(rounds.toPrecision(6))} rounds of ${tidy(roundPs)} ps`;
  if (thereNs >= roundTripNs) return { value: Math.max(1, Math.ceil(tidy(thereNs))), from };
  const periodNs = Math.max(1, Math.ceil(tidy(roundTripNs)));
  mapping.warn(
    "",
    `an attempt takes ${tidy(thereNs)} ns there; ${periodNs} ns here, for the herald takes its light time back`,
  );
  return { value: periodNs, from: `${from}, raised to the round trip of the longer arm` };
}

function cutoffOf(top: SourceMapping, routers: readonly Router[]): Imported | undefined {
  const cutoffs = routers.flatMap(({ memory }) => memory.cutoffMs ?? []);
  const shortest = cutoffs.reduce<Imported | undefined>(
    (least, next) => (least && least.value <= next.value ? least : next),
    undefined,
  );
  if (
    shortest !== undefined &&
    (cutoffs.length < routers.length || cutoffs.some(({ value }) => value !== shortest.value))
  ) {
    top.warn(
      "nodes",
      `memories expire at different ages: one cutoff for the whole network here, the shortest, ${shortest.value} ms`,
    );
  }
  return shortest;
}

/** Classical messages take the light time of the links' fibres here, whatever the source says. */
function warnDelays(delays: ClassicalDelays, connections: readonly Connection[]): void {
  for (const { mapping, between, delayPs } of delays.channels) {
    const light = connections.flatMap(({ ends, arms, stationName }) => {
      const [a, b] = [ends[0].name, ends[1].name];
      if (between.includes(a) && between.includes(b)) return (arms[0].lengthKm + arms[1].lengthKm) * 1e12;
      if (stationName === undefined || !between.includes(stationName)) return [];
      return between.includes(a) ? arms[0].lengthKm * 1e12 : between.includes(b) ? arms[1].lengthKm * 1e12 : [];
    })[0];
    if (light === undefined) {
      mapping.warn(
        "",
        `${tidy(delayPs)} ps between ${between.join(" and ")}: messages follow the fibres of the links here`,
      );
    } else if (Math.abs(light / FIBRE_KM_PER_S - delayPs) >= 1000) {
      const there = `${tidy(delayPs)} ps one way there`;
      mapping.warn("", `${there}; messages take the fibre's light time here, ${tidy(light / FIBRE_KM_PER_S)} ps`);
    }
  }
}
