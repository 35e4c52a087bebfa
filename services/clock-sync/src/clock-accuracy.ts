/** The steps of clockAccuracy, in ps (IEEE 1588-2019 table 5), from its first value on. */
const STEPS_PS = [
  1, 2.5, 10, 25, 100, 250, 1e3, 2.5e3, 1e4, 2.5e4, 1e5, 2.5e5, 1e6, 2.5e6, 1e7, 2.5e7, 1e8, 2.5e8, 1e9,
];
const FIRST = 0x17;
const UNKNOWN = 0xfe;

/** The code under which a clock announces that its time is accurate to within so many picoseconds. */
export function clockAccuracy(withinPs: number): number {
  const step = STEPS_PS.findIndex((stepPs) => withinPs <= stepPs);
  return step < 0 ? UNKNOWN : FIRST + step;
}
