import type { BarPanel, Chart, CurvePanel } from "./chart.ts";
import { linearScale, logarithmicScale, roundedScale, type Scale } from "./chart-scale.ts";
import { numberText } from "./physics-figures.ts";

const WIDTH = 760;
const LEFT = 92;
const RIGHT = 24;
const TOP = 76;
const PANEL = 230;
const GAP = 74;
const BAR = 24;
/** Labels of bars stand left of them, so wide for a letter at most. */
const LETTER = 7.4;
const LABEL_MAX = 400;
/** Distinct also to those who do not see all colours (Okabe & Ito 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const GREY = "#667085";
const GRID = "#e4e7ec";

/** A chart as an SVG drawing, legible on its own: titles, axes with units, names of the curves. */
export function chartSvg({ title, subtitle, panels }: Chart): string {
  const drawn: string[] = [];
  let top = TOP;
  for (const panel of panels) {
    const height = panel.kind === "bars" ? BAR * panel.bars.length + 8 : PANEL;
    drawn.push(...(panel.kind === "bars" ? bars(panel, top, height) : curves(panel, top)));
    top += height + GAP;
  }
  const height = top - GAP + 56;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`,
    `  font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="#101828">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(24, 30, title, `font-size="17" font-weight="600"`),
    text(24, 51, subtitle, `fill="${GREY}"`),
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function curves(panel: CurvePanel, top: number): string[] {
  const { curves: lines, marks = [], xLabel, yLabel } = panel;
  const points = lines.flatMap(({ points: of }) => of);
  const x = axisOf(panel.xRange ?? points.map(([value]) => value), panel.xLog ?? false, linearScale);
  const y = axisOf(panel.yRange ?? points.map(([, value]) => value), panel.yLog ?? false, roundedScale);
  const across = (value: number) => at(x, value, LEFT, WIDTH - RIGHT);
  const up = (value: number) => at(y, value, top + PANEL, top);
  return [
    ...x.ticks.flatMap((tick) => [
      line(across(tick), top, across(tick), top + PANEL, GRID),
      text(across(tick), top + PANEL + 19, numberText(tick, 6), `text-anchor="middle" fill="${GREY}"`),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(LEFT, up(tick), WIDTH - RIGHT, up(tick), GRID),
      text(LEFT - 8, (up(tick) ?? 0) + 4, tickText(tick), `text-anchor="end" fill="${GREY}"`),
    ]),
    `<rect x="${LEFT}" y="${top}" width="${WIDTH - LEFT - RIGHT}" height="${PANEL}" fill="none" stroke="${GREY}"/>`,
    text((LEFT + WIDTH - RIGHT) / 2, top + PANEL + 40, xLabel, `text-anchor="middle"`),
    turned(24, top + PANEL / 2, yLabel),
    ...lines.flatMap(({ points: of }, place) => polyline(of, across, up, COLOURS[place % COLOURS.length] as string)),
    ...marksOf(
      marks.map(({ at: [markX, markY], label }) => ({ x: across(markX), y: up(markY), label })),
      top,
    ),
    ...(lines.length > 1
      ? legend(
          lines.map(({ name }) => name),
          top,
        )
      : []),
  ];
}

/** Names of the curves above the panel, at its right. */
function legend(names: readonly string[], top: number): string[] {
  let right = WIDTH - RIGHT;
  return names
    .map((name, place) => ({ name, colour: COLOURS[place % COLOURS.length] as string }))
    .toReversed()
    .flatMap(({ name, colour }) => {
      const end = right;
      const start = end - LETTER * name.length;
      right = start - 40;
      return [
        `<rect x="${(start - 24).toFixed(1)}" y="${top - 12}" width="18" height="3" fill="${colour}"/>`,
        text(end, top - 7, name, `text-anchor="end"`),
      ];
    });
}

function bars({ bars: all, xLabel }: BarPanel, top: number, height: number): string[] {
  const values = all.map(({ value }) => value);
  const left = 34 + Math.min(LABEL_MAX, Math.max(0, ...all.map(({ label }) => LETTER * label.length)));
  const x = roundedScale(Math.min(0, ...values), Math.max(1e-12, ...values));
  const across = (value: number) => at(x, value, left, WIDTH - RIGHT - 70) ?? left;
  const bottom = top + height;
  return [
    ...x.ticks.flatMap((tick) => [
      line(across(tick), top, across(tick), bottom, GRID),
      text(across(tick), bottom + 19, numberText(tick, 6), `text-anchor="middle" fill="${GREY}"`),
    ]),
    ...all.flatMap(({ label, value }, place) => {
      const y = top + 4 + place * BAR;
      const [from, to] = [Math.min(across(0), across(value)), Math.max(across(0), across(value))];
      const shape = `x="${from.toFixed(1)}" y="${y + 3}" width="${(to - from).toFixed(1)}" height="${BAR - 6}"`;
      return [
        text(left - 10, y + 17, label, `text-anchor="end"`),
        `<rect ${shape} fill="${value < 0 ? COLOURS[1] : COLOURS[0]}"/>`,
        text(to + 8, y + 17, numberText(value, 3), `fill="${GREY}"`),
      ];
    }),
    line(across(0), top, across(0), bottom, GREY),
    text((left + WIDTH - RIGHT - 70) / 2, bottom + 40, xLabel, `text-anchor="middle"`),
  ];
}

function axisOf(values: readonly number[], isLog: boolean, linear: (from: number, to: number) => Scale): Scale {
  const usable = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (usable.length === 0) return linearScale(0, 1);
  const [least, most] = [Math.min(...usable), Math.max(...usable)];
  return isLog ? logarithmicScale(least, most) : linear(least, most);
}

function at(scale: Scale, value: number, from: number, to: number): number | undefined {
  const place = scale.place(value);
  return place === undefined ? undefined : from + place * (to - from);
}

/** A curve; where a value has no place, as 0 on a logarithmic axis, it is interrupted. */
function polyline(
  points: readonly (readonly [number, number])[],
  across: (value: number) => number | undefined,
  up: (value: number) => number | undefined,
  colour: string,
): string[] {
  const parts: string[][] = [[]];
  for (const [px, py] of points) {
    const [x, y] = [across(px), up(py)];
    if (x === undefined || y === undefined) parts.push([]);
    else parts.at(-1)?.push(`${x.toFixed(1)},${y.toFixed(1)}`);
  }
  return parts
    .filter((part) => part.length > 1)
    .map((part) => `<polyline points="${part.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`);
}

interface PlacedMark {
  readonly x: number | undefined;
  readonly y: number | undefined;
  readonly label: string;
}

/** Marks with their labels: above, or below next to the panel's upper edge, and never one on another. */
function marksOf(marks: readonly PlacedMark[], top: number): string[] {
  const taken: { readonly x: number; readonly y: number }[] = [];
  return marks.flatMap(({ x, y, label }) => {
    if (x === undefined || y === undefined) return [];
    const isRight = x > (LEFT + WIDTH) / 2;
    let labelY = y - top < 24 ? y + 20 : y - 9;
    while (taken.some((other) => Math.abs(other.x - x) < 180 && Math.abs(other.y - labelY) < 15)) labelY += 16;
    taken.push({ x, y: labelY });
    const style = `text-anchor="${isRight ? "end" : "start"}" paint-order="stroke" stroke="#ffffff" stroke-width="4"`;
    return [
      `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5" fill="#ffffff" stroke="#101828" stroke-width="2"/>`,
      text(x + (isRight ? -10 : 10), labelY, label, style),
    ];
  });
}

function line(
  x1: number | undefined,
  y1: number | undefined,
  x2: number | undefined,
  y2: number | undefined,
  stroke: string,
) {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => (value ?? 0).toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${stroke}"/>`;
}

function turned(x: number, y: number, words: string): string {
  return `<text transform="translate(${x} ${y}) rotate(-90)" text-anchor="middle">${escaped(words)}</text>`;
}

function text(x: number | undefined, y: number, words: string, style: string): string {
  return `<text x="${(x ?? 0).toFixed(1)}" y="${y.toFixed(1)}" ${style}>${escaped(words)}</text>`;
}

/** A tick of a large range of magnitudes. */
function tickText(value: number): string {
  return numberText(value, 6).replace(/\.0+e/, "e");
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
