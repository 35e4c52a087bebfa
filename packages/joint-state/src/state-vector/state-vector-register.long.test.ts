import { expect, test } from "vitest";
import type { Chance } from "../chance.ts";
import type { Register } from "../register.ts";
import { StateVectorRegister } from "./state-vector-register.ts";
import { channels, decay, departure } from "./trajectory-average.ts";

const SEED = 404;
/** Means lie within so many of their standard deviations: by chance one in 26 million does not. */
const SIGMAS = 5.5;

test.each(channels)(
  `20,000 trajectories average to the channel within ${SIGMAS} σ, seed ${SEED}: %s`,
  (name, channel) => {
    expect(departure(name, channel, 20_000, SEED)).toBeLessThan(SIGMAS);
  },
);

test("an unravelling that jumps with γ, whatever the state is, would be caught", () => {
  const kept = Math.sqrt(0.7);
  const wrong = (register: Register, chance: Chance) => {
    if (!(register instanceof StateVectorRegister)) register.wait(1, decay(0.7, kept), chance);
    else if (chance.uniform() < 0.3) register.state.jump(1);
    else register.state.weaken(1, kept);
  };
  expect(departure("wrong", wrong, 20_000, SEED)).toBeGreaterThan(SIGMAS);
});
