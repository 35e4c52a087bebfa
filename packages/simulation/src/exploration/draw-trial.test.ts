import { describe, expect, test } from "vitest";
import { staysWithin } from "./core-path.ts";
import { drawTrial } from "./draw-trial.ts";
import { plannedTopology } from "./planned-topology.ts";
import { touches } from "./touched-nodes.ts";
import type { Trial } from "./trial.ts";

const trials = Array.from({ length: 300 }, (_, index) => drawTrial(index + 1));

describe("What a seed draws", () => {
  test("is the same every time, and plain data", () => {
    for (const trial of trials.slice(0, 20)) {
      expect(drawTrial(trial.seed)).toEqual(trial);
      expect(JSON.parse(JSON.stringify(trial))).toEqual(trial);
    }
  });

  test("has every shape, every regime, and one in ten without faults", () => {
    expect(new Set(trials.map(({ network }) => network.shape)).size).toBe(5);
    expect(new Set(trials.map(({ regime }) => regime)).size).toBe(4);
    const faultless = trials.filter(({ faults }) => faults.length === 0).length;
    // 300 · 0.1 = 30, σ = 5.2.
    expect(faultless).toBeGreaterThan(14);
    expect(faultless).toBeLessThan(46);
  });

  test("is dense in half of the seeds: many faults of few kinds and many requests on a short line", () => {
    const dense = trials.filter(({ network, requests }) => network.nodes.length <= 4 && requests.length > 6);
    expect(dense.length).toBeGreaterThan(60);
    const most = dense
      .filter(({ faults }) => faults.length > 0)
      .map(({ faults }) => faults.length / new Set(faults.map(({ kind }) => kind)).size);
    expect(Math.max(...most)).toBeGreaterThan(8);
  });

  test("takes pairs back in one seed of eleven: minima near what pairs are worth, and TRACKs that come late", () => {
    const small = trials.filter(({ faults }) => faults.map(({ kind }) => kind).join() === "loss,reorder");
    const retractions = small.filter(({ requests }) => requests.every(({ minFidelity }) => (minFidelity ?? 0) > 0.5));
    // 300 · 0.09 = 27, σ = 5.
    expect(retractions.length).toBeGreaterThan(12);
    expect(retractions.length).toBeLessThan(42);
    for (const { requests, core, network } of retractions) {
      expect(core).toEqual(network.nodes);
      for (const { pairs } of requests) expect(pairs).toBeLessThanOrEqual(12);
    }
  });

  test("asks without a time limit for no more pairs than slow links bring while liveness waits", () => {
    for (const { requests, network } of trials) {
      const unlimited = requests.filter(({ maxTimeNs }) => maxTimeNs === 0);
      if (network.shape !== "line") continue;
      const at = (name: string) => network.nodes.indexOf(name);
      for (const { from, to, pairs } of unlimited) {
        expect(pairs * Math.abs(at(from) - at(to))).toBeLessThanOrEqual(300);
      }
    }
  });

  test("serves by strict priority in one seed of twelve, and most requests there state theirs", () => {
    const strict = trials.filter(({ scheduler }) => scheduler === "strict-priority");
    // 300 · 0.08 = 24, σ = 4.7.
    expect(strict.length).toBeGreaterThan(7);
    expect(strict.length).toBeLessThan(43);
    const stated = strict.flatMap(({ requests }) => requests.flatMap(({ priority }) => priority ?? []));
    expect(new Set(stated).size).toBe(8);
    for (const { scheduler, requests } of trials) {
      if (scheduler === undefined) expect(requests.every(({ priority }) => priority === undefined)).toBe(true);
    }
    for (const trial of strict) {
      expect(plannedTopology(trial).links.every((link) => link.scheduler === "strict-priority")).toBe(true);
    }
  });

  test("asks a fresh request whose path lies in the core", () => {
    for (const trial of trials) {
      expect(staysWithin(trial.core, plannedTopology(trial), trial.fresh)).toBe(true);
    }
  });

  test("lets no fault touch the core once it is calm, nor anything once it is healed", () => {
    for (const trial of trials) {
      const { core, faults, calmAtNs, healedAtNs } = trial;
      const topology = plannedTopology(trial);
      for (const entry of faults) {
        expect(entry.atNs + entry.forNs).toBeLessThanOrEqual(healedAtNs);
        if (touches(entry, core, topology)) expect(entry.atNs + entry.forNs).toBeLessThanOrEqual(calmAtNs);
      }
    }
  });

  test("has a core that is a part of the network in almost half of the seeds, and a random one where it can be", () => {
    const parts = trials.filter(({ core, network }) => core.length < network.nodes.length);
    expect(parts.length).toBeGreaterThan(110);
    expect(parts.length).toBeLessThan(180);
    const large = parts.filter(({ network }) => network.nodes.length > 4);
    expect(new Set(large.map(({ core }) => core.length)).size).toBeGreaterThan(4);
  });

  test("leaves many cores that are not the whole network, with faults beyond them that last", () => {
    const lasting = trials.filter(({ calmAtNs, healedAtNs }) => healedAtNs > calmAtNs);
    expect(lasting.length).toBeGreaterThan(30);
  });

  test("has restarts in few seeds: of nature that has not answered, or of a node's layers without its memory", () => {
    const downAt = ({ faults }: Trial, service: string) =>
      new Set(faults.filter((one) => one.kind === "crash" && isOf(service, one)).map(({ atNs }) => atNs));
    const unanswered = trials.filter((trial) => {
      const nature = downAt(trial, "quantum-state");
      const halts = trial.faults.filter((one) => one.kind === "pause" && one.forNs > 1_000_000);
      return halts.some((one) => isOf("quantum-state", one) && nature.has(one.atNs + one.forNs - 1_000));
    });
    const ownerless = trials.filter((trial) => {
      const [both, memory] = [downAt(trial, "link-layer"), downAt(trial, "node-controller")];
      return [...downAt(trial, "network-layer")].filter((atNs) => both.has(atNs) && !memory.has(atNs)).length > 3;
    });
    // 300 · 0.91 · (0.025 + 0.04) = 18, σ = 4, of which 11 with messages that are late; and 300 · 0.91 · 0.025 = 7.
    const late = unanswered.filter(({ faults }) => faults.filter(({ kind }) => kind === "delay").length >= 8);
    for (const [few, least, most] of [
      [unanswered, 6, 34],
      [late, 2, 24],
      [ownerless, 2, 20],
    ] as const) {
      expect(few.length).toBeGreaterThan(least);
      expect(few.length).toBeLessThan(most);
    }
  });

  test("has standstills of nature in few seeds, in which both ends of a link start over, and then its station", () => {
    const unheard = trials.filter(({ network, faults }) => {
      const crashes = faults.filter((one) => one.kind === "crash");
      const halts = faults.filter((one) => one.kind === "pause" && isOf("quantum-state", one) && one.forNs >= 3e8);
      return network.links.some(([one, other]) => {
        const fallen = [`link-layer/${one}`, `link-layer/${other}`, `physical-link/${one}-${other}`];
        return halts.some(({ atNs, forNs }) => {
          const meanwhile = crashes.filter((one) => one.atNs >= atNs && one.atNs <= atNs + forNs);
          return fallen.every((process) => meanwhile.some(({ target }) => target.process === process));
        });
      });
    });
    // 300 · 0.91 · 0.05 = 14, σ = 4.
    expect(unheard.length).toBeGreaterThan(3);
    expect(unheard.length).toBeLessThan(30);
  });

  test("has crashes in the middle of a step, in a good part of the seeds with crashes", () => {
    const crashes = trials.flatMap(({ faults }) => faults.flatMap((one) => (one.kind === "crash" ? [one.args] : [])));
    const inStep = crashes.filter((args) => args.inStep).length;
    expect(inStep / crashes.length).toBeGreaterThan(0.15);
    expect(inStep / crashes.length).toBeLessThan(0.45);
  });
});

function isOf(service: string, { target }: Trial["faults"][number]): boolean {
  return "process" in target && target.process?.startsWith(`${service}/`) === true;
}
