import { describe, expect, test } from "vitest";
import type { Chart } from "./chart.ts";
import { linearScale, logarithmicScale, roundedScale } from "./chart-scale.ts";
import { chartSvg } from "./chart-svg.ts";

const chart: Chart = {
  title: "A & B",
  subtitle: "x < y",
  panels: [
    {
      kind: "curves",
      ...{ xLabel: "length (km)", yLabel: "pairs/s", yLog: true },
      curves: [
        {
          name: "one",
          points: [
            [0, 100],
            [50, 1],
            [75, 0],
            [100, 1e-3],
            [110, 1e-4],
          ],
        },
        {
          name: "two",
          points: [
            [0, 10],
            [110, 10],
          ],
        },
      ],
      marks: [
        { at: [0, 100], label: "here" },
        { at: [0, 99], label: "and here" },
      ],
    },
    {
      kind: "bars",
      xLabel: "lost",
      bars: [
        { label: "gates", value: 0.02 },
        { label: "gained", value: -0.01 },
      ],
    },
  ],
};

describe("chartSvg", () => {
  const svg = chartSvg(chart);

  test("is a drawing with every name and axis, whose words are escaped", () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+"/);
    for (const words of [
      "A &amp; B",
      "x &lt; y",
      "length (km)",
      "pairs/s",
      "one",
      "two",
      "gates",
      "lost",
      "and here",
    ]) {
      expect(svg).toContain(`>${words}<`);
    }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("interrupts a curve where a value has no place, and keeps labels apart", () => {
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    const heights = [...svg.matchAll(/y="([\d.]+)" text-anchor="start"/g)].map(([, y]) => Number(y));
    expect(Math.abs((heights[0] as number) - (heights[1] as number))).toBeGreaterThanOrEqual(14);
  });

  test("draws bars to either side of zero", () => {
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="18"/g)];
    const [lost, gained] = bars.map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
    expect(gained && gained.x + gained.width).toBeCloseTo(lost?.x ?? 0, 0);
    expect(lost && gained && lost.width / gained.width).toBeCloseTo(2, 1);
  });

  test("is a drawing of nothing too", () => {
    const empty = chartSvg({
      title: "",
      subtitle: "",
      panels: [{ kind: "curves", xLabel: "", yLabel: "", curves: [] }],
    });
    expect(empty).not.toMatch(/NaN|undefined/);
  });
});

describe("Scales", () => {
  test("have ticks at 1, 2 or 5 times a power of ten", () => {
    expect(linearScale(0, 1).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearScale(0.02, 0.5).ticks).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(linearScale(0, 137).ticks).toEqual([0, 50, 100]);
  });

  test("round outwards where they are asked to", () => {
    const { ticks, place } = roundedScale(0.41, 0.88);
    expect([ticks[0], ticks.at(-1)]).toEqual([0.4, 0.9]);
    expect([place(0.4), place(0.9)]).toEqual([0, 1]);
  });

  test("are logarithmic with whole decades, or finer ones where these are few", () => {
    expect(logarithmicScale(0.5, 2000).ticks).toEqual([1, 10, 100, 1000]);
    expect(logarithmicScale(1.5, 6).ticks).toEqual([2, 5]);
    expect(logarithmicScale(1, 100).place(10)).toBeCloseTo(0.5, 12);
    expect(logarithmicScale(1e-30, 1).ticks.length).toBeLessThanOrEqual(9);
    expect(logarithmicScale(1, 100).place(0)).toBeUndefined();
  });

  test("have room even for one value", () => {
    for (const scale of [linearScale(3, 3), roundedScale(0, 0), logarithmicScale(5, 5)]) {
      expect(scale.ticks.length).toBeGreaterThan(0);
    }
    expect(linearScale(3, 3).place(3)).toBe(0.5);
  });
});
