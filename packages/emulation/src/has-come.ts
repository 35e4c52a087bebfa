import { setTimeout as sleep } from "node:timers/promises";

const LOOK_EVERY_MS = 20;

/**
 * Looks again and again whether something is so, for about so many ms of wall time. They are counted in looks, not by
 * the clock: while this process itself does not run it hears of nothing.
 * @returns false when it has not become so
 */
export async function hasCome(condition: () => boolean, forMs: number): Promise<boolean> {
  for (let looks = forMs / LOOK_EVERY_MS; looks > 0; looks -= 1) {
    if (condition()) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return condition();
}
