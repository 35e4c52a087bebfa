import { FrequencyNoise, oscillatorClasses } from "@bellmesh/hardware";
import { SeededEntropy } from "@bellmesh/numerics";
import { ClockState } from "@bellmesh/wire/clock-sync";
import { describe, expect, test } from "vitest";
import { ClosedLoop } from "./closed-loop.ts";
import { PiServo, servoGains } from "./pi-servo.ts";

const [LOCKED_S, HELD_S] = [300, 4 * 3600];

describe("A clock that holds over for four hours", () => {
  test.each(Object.entries(oscillatorClasses))("never leaves its bound on a %s, which only grows; seed 8", (_, of) => {
    const entropy = new SeededEntropy(8);
    const lattice = (octave: number, place: number) => entropy.fresh(`${octave}.${place}`).gaussian();
    const { driftPpb, agingPpbPerDay } = of;
    const oscillation = { offsetPs: 3e9, driftPpb, agingPpbPerDay, noise: new FrequencyNoise(of, lattice) };
    const loop = new ClosedLoop({ stampJitterPs: 20, ...of }, oscillation, 8);
    for (let second = 0; second < LOCKED_S; second += 1) {
      loop.round();
      expect(loop.worstRatio).toBeLessThanOrEqual(1);
    }
    loop.silent = true;
    let [boundPs, worstRatio, hasShrunk] = [0, 0, false];
    for (let second = 0; second < HELD_S; second += 1) {
      loop.round();
      worstRatio = Math.max(worstRatio, loop.worstRatio);
      if (loop.status.state !== ClockState.HOLDOVER) continue;
      hasShrunk ||= loop.status.uncertaintyPs < boundPs;
      boundPs = loop.status.uncertaintyPs;
    }
    expect(loop.status.state).toBe(ClockState.HOLDOVER);
    expect(worstRatio).toBeLessThanOrEqual(1);
    expect(hasShrunk).toBe(false);
    // At least ½ aging t² and four sigma of the flicker, in ps.
    const agingPpbPerS = agingPpbPerDay / 86_400;
    expect(boundPs).toBeGreaterThan(1000 * 0.5 * agingPpbPerS * HELD_S * HELD_S + 4e12 * of.flickerFloor * HELD_S);
    loop.silent = false;
    for (let second = 0; second < 60; second += 1) {
      loop.round();
      expect(loop.worstRatio).toBeLessThanOrEqual(1);
    }
    expect(loop.status.state).toBe(ClockState.LOCKED);
  });
});

describe("The servo", () => {
  const interval = 1;
  const { kp, ki } = servoGains(interval);
  const pull = (kp + ki) * interval;

  /** A locked servo on an oscillator of 50 ppb, and by how much what it puts out moves the phase until the next. */
  function locked(): (offsetNs: number) => number {
    const [servo, driftPpb] = [new PiServo({ gains: { kp, ki }, firstStepThresholdNs: 0 }), 50];
    servo.sample(0, 0);
    // Two samples that are exact give the frequency exactly, as a share of the clock that is steered.
    servo.sample(driftPpb, 1e9 + driftPpb);
    return (offsetNs) => interval * (servo.sample(offsetNs, 0).frequencyPpb - frequency);
  }
  const frequency = (1e9 * 50) / (1e9 + 50);

  test("brings a phase of 1 µs back as its characteristic roots say: rⁿ (cos nθ + c sin nθ)", () => {
    // z² − (2 − (kp + ki)T) z + 1 − kp T = 0; the roots are complex for linuxptp's gains.
    const radius = Math.sqrt(1 - kp * interval);
    const angle = Math.acos((2 - pull) / 2 / radius);
    const shift = (1 - pull - radius * Math.cos(angle)) / (radius * Math.sin(angle));
    const steer = locked();
    let phaseNs = 1000;
    for (let step = 0; step < 40; step += 1) {
      const expected = 1000 * radius ** step * (Math.cos(step * angle) + shift * Math.sin(step * angle));
      expect(Math.abs(phaseNs - expected)).toBeLessThan(1e-4);
      phaseNs -= steer(phaseNs);
    }
  });

  test("makes of stamps' noise what Lyapunov's equation says (200,000 samples, 4 sigma, seed 9)", () => {
    const chance = new SeededEntropy(9).stream("servo");
    const [steer, samples, noiseNs] = [locked(), 200_000, 10];
    let [phaseNs, sum, squares] = [0, 0, 0];
    for (let sample = 0; sample < samples; sample += 1) {
      phaseNs -= steer(phaseNs + noiseNs * chance.gaussian());
      sum += phaseNs;
      squares += phaseNs * phaseNs;
    }
    const exact = noiseNs * noiseNs * phaseVariance();
    // Phases more than a few samples apart are independent.
    expect(Math.abs(squares / samples / exact - 1)).toBeLessThan(4 * Math.sqrt((2 * 3) / samples));
    expect(Math.abs(sum / samples)).toBeLessThan(4 * Math.sqrt((3 * exact) / samples));
  });

  /** Of the phase in units of a stamp's: P = A P Aᵀ + b bᵀ for (phase, frequency), by its series. */
  function phaseVariance(): number {
    let [phase, rate] = [-pull, ki];
    let variance = 0;
    for (let term = 0; term < 400; term += 1) {
      variance += phase * phase;
      [phase, rate] = [(1 - pull) * phase - interval * rate, ki * phase + rate];
    }
    return variance;
  }
});
