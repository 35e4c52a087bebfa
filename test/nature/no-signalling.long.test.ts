import { testNoSignalling } from "./no-signalling.ts";

const imperfections = { memory: { t2S: 0.015 }, gates: { twoQubitDepolarising: 0.02 }, readout: { p01: 0.05 } };

testNoSignalling({ engine: "stabilizer", imperfections, pairs: 6, turned: false, shots: 300 });
testNoSignalling({ engine: "state-vector", imperfections, pairs: 6, turned: true, shots: 300 });
