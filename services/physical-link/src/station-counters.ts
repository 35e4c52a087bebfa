/** What a station has done so far. */
export interface StationCounters {
  heralds: number;
  attempts: number;
  permissionDenied: number;
  seriesEnded: number;
}
