/** What nature did, refused and gave up, for people and tests. */
export interface NatureCounters {
  pairsCreated: number;
  permissionDenied: number;
  notHeld: number;
  stale: number;
  invalid: number;
  emulatorLimit: number;
  lostInCrash: number;
}
