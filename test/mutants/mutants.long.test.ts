import { expect, test } from "vitest";
import { caught, rotating } from "./caught.ts";

const SEEDS = 500;
const DAY_MS = 86_400_000;

test("Five mutants, others every day, are caught", async () => {
  const today = rotating(Math.floor(Date.now() / DAY_MS));
  console.log(`mutants of today: ${today.map(({ name }) => name).join(", ")}`);
  const hunted = await caught(today, [1, SEEDS], 2);
  expect(hunted.filter(({ seed }) => seed === undefined).map(({ mutant }) => mutant.name)).toEqual([]);
});
