import { type Call, type Effect, effect, type Stream } from "@bellmesh/mesh";
import { type Instant, subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition } from "@bellmesh/wire/clock-sync";
import { ClockAnnounce, ClockCorrection } from "@bellmesh/wire/control";
import type { GenerateRequest } from "@bellmesh/wire/physical-link";
import { describe, expect, test } from "vitest";
import { herald, item, ScriptedRun } from "./scripted-run.ts";

const timer = { kind: "timer", timer: "sync", due: 0 as Instant, reading: undefined } as const;

function commands(node: string, $case: "arm" | "stop") {
  const asks = { link: "n0-n1", command: { $case, [$case]: {} } } as GenerateRequest;
  return [`link-layer/${node}`, timer, [effect.send(1 as Stream<GenerateRequest>, asks)]] as const;
}

/** A clock asks the one that it follows for its stamps. */
function exchanges(run: ScriptedRun, node: string, grandmaster: string): void {
  const method = ClockSyncServiceDefinition.methods.exchange as never;
  const call = effect.call(1 as Call<unknown>, `clock-sync/${grandmaster}`, method, {}, 0 as Instant);
  run.step(`clock-sync/${node}`, timer, [call]);
}

function corrects(run: ScriptedRun, node: string, correction: Partial<ClockCorrection>): void {
  const whole = { node, fromHardware: 0, disciplined: 0, frequencyPpb: 0, ...correction } as ClockCorrection;
  run.step(`clock-sync/${node}`, timer, [effect.publish(subjects.control("l", node, "clock"), ClockCorrection, whole)]);
}

function announces(node: string, clockClass: number): readonly Effect[] {
  const announce = { node, clockClass, priority1: 1 } as ClockAnnounce;
  return [effect.publish(subjects.control("l", node, "announce"), ClockAnnounce, announce)];
}

describe("The grandmaster changes during a series", () => {
  const changed = { "grandmaster-change-during-series": 1 };

  test("where an armed node follows another clock than before", () => {
    const run = new ScriptedRun();
    run.step(...commands("n1", "arm"));
    exchanges(run, "n1", "n0");
    exchanges(run, "n1", "n2");
    expect(run.reached).toEqual(changed);
  });

  test("where an armed node becomes the grandmaster, and where it is one no longer", () => {
    const run = new ScriptedRun();
    run.step(...commands("n1", "arm"));
    exchanges(run, "n1", "n0");
    corrects(run, "n1", { grandmaster: "n1" });
    expect(run.reached).toEqual(changed);
    exchanges(run, "n1", "n0");
    expect(run.reached).toEqual({ "grandmaster-change-during-series": 2 });
  });

  test("not where the same clock announces another class, or others only offer themselves", () => {
    const run = new ScriptedRun();
    run.step(...commands("n1", "arm"));
    exchanges(run, "n1", "n0");
    run.step("clock-sync/n0", timer, announces("n0", 6));
    run.step("clock-sync/n0", timer, announces("n0", 7));
    run.step("clock-sync/n2", timer, announces("n2", 7));
    corrects(run, "n1", { grandmaster: "n0" });
    exchanges(run, "n1", "n0");
    expect(run.reached).toEqual({});
  });

  test("not where the end is not armed, not any longer, or it is another node's", () => {
    const run = new ScriptedRun();
    exchanges(run, "n1", "n0");
    run.step(...commands("n0", "arm"));
    exchanges(run, "n1", "n2");
    const endings: readonly (() => void)[] = [
      () => run.step(...commands("n1", "stop")),
      () => run.step("link-layer/n1", item({ link: "n0-n1" }, "/bellmesh.PhysicalLink/Generate")),
      () => run.hears("n0-n1", "n1", herald("n0-n1/1/1")),
      () => run.starts("link-layer/n1"),
    ];
    for (const [index, end] of endings.entries()) {
      run.step(...commands("n1", "arm"));
      end();
      exchanges(run, "n1", index % 2 === 0 ? "n0" : "n2");
    }
    expect(run.reached).toEqual({});
  });
});

describe("A clock is stepped during an attempt", () => {
  const before: Partial<ClockCorrection> = { fromHardware: 1e9, disciplined: 2e9, frequencyPpb: 1_000 };
  const smooth: Partial<ClockCorrection> = { fromHardware: 2e9, disciplined: 3e9 + 1_000, frequencyPpb: 500 };

  test("where a correction does not go on from where the last one has led", () => {
    const run = new ScriptedRun();
    run.step(...commands("n1", "arm"));
    corrects(run, "n1", before);
    corrects(run, "n1", { ...smooth, disciplined: 3e9 + 3_000 });
    expect(run.reached).toEqual({ "clock-step-during-attempt": 1 });
  });

  test("not where it does, nor where the end is not armed", () => {
    const run = new ScriptedRun();
    corrects(run, "n2", before);
    corrects(run, "n2", { ...smooth, disciplined: 9e9 });
    run.step(...commands("n1", "arm"));
    corrects(run, "n1", before);
    corrects(run, "n1", smooth);
    expect(run.reached).toEqual({});
  });
});
