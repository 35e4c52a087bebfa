import { describe, expect, test } from "vitest";
import { PiServo, servoGains } from "./pi-servo.ts";

describe("servoGains", () => {
  test.each([
    [0.125, 1.30625, 0.13058, 0.18661, 0.00043528],
    [1, 0.7, 0.3, 0.1, 0.001],
    [2, 0.35, 0.15, 0.081225, 0.0013195],
  ])("gives linuxptp's constants at a sync interval of %d s", (syncIntervalS, kpHard, kiHard, kpSoft, kiSoft) => {
    const hardware = servoGains(syncIntervalS);
    const software = servoGains(syncIntervalS, "software");
    expect(hardware.kp / kpHard).toBeCloseTo(1, 4);
    expect(hardware.ki / kiHard).toBeCloseTo(1, 4);
    expect(software.kp / kpSoft).toBeCloseTo(1, 4);
    expect(software.ki / kiSoft).toBeCloseTo(1, 4);
  });
});

describe("PiServo", () => {
  const gains = { kp: 0.7, ki: 0.3 };

  test("takes the frequency from two samples and steps a first offset above the threshold", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 20_000 });
    expect(servo.sample(50_000, 1e9)).toEqual({ action: "unlocked", frequencyPpb: 0 });
    expect(servo.sample(51_000, 2e9)).toEqual({ action: "jump", frequencyPpb: 1000 });
  });

  test("steers without a step when the first offset is below the threshold", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 20_000 });
    servo.sample(100, 1e9);
    expect(servo.sample(200, 2e9)).toEqual({ action: "locked", frequencyPpb: 100 });
    // kp · 50 + drift + ki · 50, and the integral keeps its share.
    expect(servo.sample(50, 3e9)).toEqual({ action: "locked", frequencyPpb: 150 });
    expect(servo.driftPpb).toBe(115);
  });

  test("waits until two samples are far enough apart for a frequency", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 0 });
    servo.sample(0, 0);
    // 0.016 / ki is 53.3 ms.
    expect(servo.sample(1, 53e6).action).toBe("unlocked");
    expect(servo.sample(1, 54e6).action).toBe("locked");
  });

  test("starts over when its two samples are not in order", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 0 });
    servo.sample(0, 2e9);
    expect(servo.sample(10, 1e9).action).toBe("unlocked");
    expect(servo.sample(10, 3e9).action).toBe("unlocked");
    expect(servo.sample(10, 4e9).action).toBe("locked");
  });

  test("doubts a first frequency that no such oscillator has, until it sees it again", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 20_000, plausiblePpb: 50 });
    servo.sample(0, 1e9);
    expect(servo.sample(1000, 2e9).action).toBe("unlocked");
    expect(servo.begunAtNs).toBe(2e9);
    expect(servo.sample(1020, 3e9)).toEqual({ action: "locked", frequencyPpb: 20 });
    servo.restart();
    servo.sample(0, 4e9);
    expect(servo.sample(1000, 5e9).action).toBe("unlocked");
    expect(servo.sample(1990, 6e9).action).toBe("locked");
  });

  test("measures its first frequency from the one in force", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 0, stepThresholdNs: 500 });
    for (const [offsetNs, localNs] of [
      [0, 1e9],
      [0, 2e9],
      [400, 3e9],
      [1000, 4e9],
    ] as const)
      servo.sample(offsetNs, localNs);
    // It ran 400 ppb slow on account of the proportional and the integral part, and kept its offset.
    servo.sample(1000, 5e9);
    expect(servo.sample(1000, 6e9).frequencyPpb).toBeCloseTo(400, 9);
  });

  test("clamps its output and does not wind up meanwhile", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 0, maxFrequencyPpb: 1000 });
    servo.sample(0, 1e9);
    servo.sample(0, 2e9);
    expect(servo.sample(1e6, 3e9).frequencyPpb).toBe(1000);
    expect(servo.driftPpb).toBe(0);
    expect(servo.sample(-1e6, 4e9).frequencyPpb).toBe(-1000);
  });

  test("goes back to unlocked beyond a step threshold, if it has one", () => {
    const servo = new PiServo({ gains, firstStepThresholdNs: 0, stepThresholdNs: 500 });
    servo.sample(0, 1e9);
    servo.sample(0, 2e9);
    expect(servo.sample(501, 3e9).action).toBe("unlocked");
    expect(servo.sample(501, 4e9).action).toBe("unlocked");
    expect(servo.sample(501, 5e9).action).toBe("jump");
  });
});
