import { testNoSignalling } from "./no-signalling.ts";

const imperfections = {
  memory: { t1S: 0.02, t2S: 0.015 },
  gates: { oneQubitDepolarising: 0.02 },
  readout: { p01: 0.05 },
};

testNoSignalling({ engine: "pair", imperfections, pairs: 1, turned: false, shots: 800 });
testNoSignalling({ engine: "density-matrix", imperfections, pairs: 2, turned: true, shots: 300 });
