import type { NumberField } from "../schema.ts";
import { emissionFidelityOfPair, meanAttenuation, pairFidelity, SHORTEST_KM } from "./both-sides.ts";
import { type SourceMapping, tidy } from "./import-source.ts";
import type { Imported, ImportedFields, ImportedLink } from "./imported-network.ts";

export interface LinkEnds {
  /** As the source calls them. */
  readonly names: readonly [string, string];
  readonly tokens: readonly [string, string];
}

/** A link that is read but for what depends on the whole network. */
export interface SquidasmLink {
  readonly ends: LinkEnds;
  readonly configuration: SourceMapping;
  readonly lengthKm: number;
  /** Of its fibres; empty when the model has none. */
  readonly speeds: readonly Imported[];
  /** @param speedKmPerS the one speed of the topology file. */
  finish(speedKmPerS: number, name: string): ImportedLink;
}

/** Links that can be imported; `heralded` is what SquidASM calls the double-click model. */
export const linkTypes = ["perfect", "depolarise", "heralded", "heralded-double-click", "heralded-single-click"];

const probability = { unit: "", min: 0, max: 1, meaning: "probability" } as const;
const certain = { ...probability, default: 1 } as const;
const never = { ...probability, default: 0 } as const;
const length = { unit: "km", min: 0, max: 1e6, meaning: "fibre" } as const;
const attenuation = { unit: "dB/km", min: 0, max: 1e6, default: 0.25, meaning: "loss of the fibre" } as const;
const speed = { unit: "km/s", min: 0, above: true, max: 1e6, default: 200_000, meaning: "speed of light" } as const;
const fidelity = { unit: "", min: 0.25, max: 1, default: 1, meaning: "fidelity of the pair" } as const;
const time = { unit: "ns", min: 0, max: 1e12, meaning: "duration" } as const;
const darkCount = { unit: "", min: 0, max: 0.5, below: true, default: 0, meaning: "per detector and window" } as const;
const brightState = { unit: "", min: 0, above: true, max: 0.5, meaning: "bright-state population" } as const;
const phase = { unit: "rad", min: 0, max: 1e6, default: 0, meaning: "spread of the optical phase" } as const;
const modes = { unit: "", min: 1, max: 1e9, whole: true, default: 1, meaning: "number of modes" } as const;

/** Where a link without a length could have any. */
const BENCH_KM = 1e-3;

/**
 * Reads one link.
 * @param devices the devices of its ends, which may say how they emit.
 * @throws TopologyError for values out of range or at odds with each other.
 */
export function readLink(
  mapping: SourceMapping,
  type: string,
  ends: LinkEnds,
  devices: readonly [SourceMapping | undefined, SourceMapping | undefined],
): SquidasmLink {
  const configuration = mapping.mapping("cfg");
  if (type === "perfect" || type === "depolarise") return directLink(mapping, configuration, type, ends);
  return heraldedLink(configuration, type, ends, devices);
}

/** A value that each side of a link may have for itself. */
interface Sides {
  readonly values: readonly [number, number];
  readonly from: string;
}

/** `field` for both sides, or `field_A` and `field_B`; a device of an end may say it too, and the link overrides it. */
function sides(
  link: SourceMapping,
  field: string,
  rule: NumberField & { default: number },
  devices: readonly (SourceMapping | undefined)[] = [],
): Sides {
  const own = [`${field}_A`, `${field}_B`];
  const both = link.number(field, rule);
  const given = own.map((name) => link.number(name, rule)) as [number | undefined, number | undefined];
  if (both !== undefined && given.some((value) => value !== undefined)) {
    const name = own[given[0] === undefined ? 1 : 0] as string;
    throw link.error(name, `${field} is given too`, `give either ${field}, for both sides, or ${own.join(" and ")}`);
  }
  const emitted = given.map((_, side) => devices[side]?.number(field, rule));
  const values = given.map((value, side) => value ?? both ?? emitted[side] ?? rule.default);
  const [a, b] = values as [number, number];
  const unit = rule.unit === "" ? "" : ` ${rule.unit}`;
  const known =
    both !== undefined || given.some((value) => value !== undefined) || devices.some((device) => device?.has(field));
  return { values: [a, b], from: `${field}${known ? "" : " not given:"} ${a === b ? a : `${a} and ${b}`}${unit}` };
}

function armsOf(link: SourceMapping): Sides {
  const own = ["length_A", "length_B"] as const;
  if (link.has("length")) {
    const wrong = own.find((field) => link.has(field));
    if (wrong !== undefined) {
      throw link.error(wrong, "length is given too", "give either length, the whole fibre, or length_A and length_B");
    }
    const whole = link.required("length", length);
    return { values: [whole / 2, whole / 2], from: `length ${whole} km, the station in the middle` };
  }
  if (!own.some((field) => link.has(field))) {
    throw link.error("length", "this field is missing", "give the whole fibre in km, or length_A and length_B");
  }
  const [a, b] = own.map((field) => link.required(field, length)) as [number, number];
  return { values: [a, b], from: `length_A ${a} km, length_B ${b} km` };
}

function heraldedLink(
  link: SourceMapping,
  type: string,
  ends: LinkEnds,
  devices: readonly [SourceMapping | undefined, SourceMapping | undefined],
): SquidasmLink {
  const arms = armsOf(link);
  const speeds = sides(link, "speed_of_light", speed);
  const emission = sides(link, "emission_duration", { ...time, default: 0 }, devices);
  const armsKm = arms.values.map((km) => Math.max(km, SHORTEST_KM)) as [number, number];
  if (Math.min(...arms.values) === 0)
    link.warn("", `an arm of no length: ${SHORTEST_KM} km here, for it must be above 0`);
  const { words, fields } = heraldingOf(link, type, devices);
  const attenuationDbPerKm = attenuationOf(link, armsKm);
  return {
    ends,
    configuration: link,
    lengthKm: arms.values[0] + arms.values[1],
    speeds: [...new Set(speeds.values)].map((value) => ({ value, from: speeds.from })),
    finish(speedKmPerS, name) {
      const roundTrip = (side: 0 | 1) =>
        Math.max(2e9 * (armsKm[side] / speeds.values[side]), 2e9 * (armsKm[side] / speedKmPerS));
      const emissionNs = Math.max(...emission.values);
      const periodNs = Math.max(1, Math.ceil(tidy(Math.max(roundTrip(0), roundTrip(1)) + emissionNs)));
      const extra = emissionNs > 0 ? `, and ${emission.from}` : "";
      return {
        name,
        between: ends.tokens,
        from: `${namesOf(ends)}, typ ${type}`,
        armsKm: armsKm.map((value) => ({ value: tidy(value), from: arms.from })) as unknown as [Imported, Imported],
        attenuationDbPerKm,
        words,
        heralding: {
          ...fields,
          ...windowOf(periodNs),
          periodNs: { value: periodNs, from: `round trip of the longer arm${extra}` },
        },
      };
    },
  };
}

function namesOf({ names }: LinkEnds): string {
  return names.map((name) => JSON.stringify(name)).join(" to ");
}

/** Neither window nor photon length matters without clocks that err; the window must only fit into the period. */
function windowOf(periodNs: number): ImportedFields {
  const from = "there are no photon shapes there; of no effect with perfect clocks";
  return { detectionWindowNs: { value: Math.min(5000, periodNs), from }, photonLifetimeNs: { value: 1000, from } };
}

/** Two arms of different loss have the same mean loss per km here, which keeps ηA·ηB and so the success probability. */
function attenuationOf(link: SourceMapping, armsKm: readonly [number, number]): Imported {
  const { values, from } = sides(link, "p_loss_length", attenuation);
  if (values[0] === values[1]) return { value: values[0], from };
  link.warn(
    "p_loss_length_A",
    `${from}: one loss per km for both arms here, with the same product of both transmissions`,
  );
  return { value: tidy(meanAttenuation(values, armsKm)), from: `${from}; mean over the fibre` };
}

/** What stands in the heralding section of a link of clicks. */
interface ImportedHeralding {
  readonly words: Readonly<Record<string, string>>;
  readonly fields: ImportedFields;
}

function heraldingOf(
  link: SourceMapping,
  type: string,
  devices: readonly (SourceMapping | undefined)[],
): ImportedHeralding {
  const resolving = link.value("num_resolving") === true ? { detectors: "photon-number-resolving" } : {};
  const multiplexed = link.number("num_multiplexing_modes", modes) ?? 1;
  const photons: ImportedFields = {
    emissionEfficiency: efficiencyOf(link, devices),
    darkCountProbability: link.imported("dark_count_probability", darkCount),
    visibility: link.imported("visibility", certain),
    ...(multiplexed > 1 && { modes: { value: multiplexed, from: `num_multiplexing_modes ${multiplexed}` } }),
  };
  if (type === "heralded-single-click") {
    return { words: { scheme: "single-click", ...resolving }, fields: { ...photons, ...singleClickOf(link) } };
  }
  const emitted = sides(link, "emission_fidelity", fidelity, devices);
  for (const field of ["coin_prob_ph_ph", "coin_prob_ph_dc", "coin_prob_dc_dc"]) {
    const coincidence = link.number(field, certain) ?? 1;
    if (coincidence !== 1) link.warn(field, `${coincidence}: every pair of clicks in the window counts here`);
  }
  if (link.has("p_double_exc"))
    link.warn("p_double_exc", "double click has no double excitation here; it was left out");
  const emissionFidelity = { value: tidy(meanEmissionFidelity(emitted.values)), from: emitted.from };
  return { words: { scheme: "double-click", ...resolving }, fields: { ...photons, emissionFidelity } };
}

/** Of both ends, without the fibre. */
function efficiencyOf(link: SourceMapping, devices: readonly (SourceMapping | undefined)[]): Imported {
  const loss = sides(link, "p_loss_init", never);
  const collected = sides(link, "collection_efficiency", certain, devices);
  const detector = link.imported("detector_efficiency", certain);
  const sent = [0, 1].map((side) => (1 - (loss.values[side] as number)) * (collected.values[side] as number)) as [
    number,
    number,
  ];
  if (sent[0] * sent[1] * detector.value === 0) {
    throw link.error(
      "p_loss_init",
      `no photon arrives (${loss.from}, ${detector.from})`,
      "give losses below 1 and efficiencies above 0",
    );
  }
  if (sent[0] !== sent[1]) {
    link.warn("", `${loss.from}, ${collected.from}: one efficiency for both ends here, their geometric mean`);
  }
  return {
    value: tidy(Math.sqrt(sent[0] * sent[1]) * detector.value),
    from: `${loss.from}, ${collected.from}, ${detector.from}`,
  };
}

/** What a single click has beyond photons. */
function singleClickOf(link: SourceMapping): ImportedFields {
  if (!["alpha", "alpha_A", "alpha_B"].some((field) => link.has(field))) {
    throw link.error("alpha", "this field is missing", "give the bright-state population of both ends in (0, 0.5]");
  }
  const alphas = sides(link, "alpha", { ...brightState, default: 0.5 });
  if (alphas.values[0] !== alphas.values[1]) {
    link.warn("alpha_A", `${alphas.from}: one population for both ends here, their geometric mean`);
  }
  for (const field of ["coherent_phase", "p_fail_class_corr"]) {
    const given = link.number(field, { unit: "", min: -1e9, max: 1e9, meaning: "of a single click" }) ?? 0;
    if (given !== 0) link.warn(field, `${given}: there is no counterpart; it was left out`);
  }
  if (link.has("emission_fidelity")) link.warn("emission_fidelity", "a single click has none here; it was left out");
  return {
    alpha: { value: tidy(Math.sqrt(alphas.values[0] * alphas.values[1])), from: alphas.from },
    phaseStdRad: link.imported("std_electron_electron_phase_drift", phase),
    doubleExcitation: link.imported("p_double_exc", never),
  };
}

/** Only the product of both Werner parameters enters the pair, so one fidelity stands for both exactly. */
function meanEmissionFidelity(both: readonly [number, number]): number {
  return both[0] === both[1] ? both[0] : emissionFidelityOfPair(pairFidelity(both));
}

/** A link that is given by what it yields: it becomes the same here. */
function directLink(mapping: SourceMapping, link: SourceMapping, type: string, ends: LinkEnds): SquidasmLink {
  const perfect = type === "perfect";
  const speeds = sides(link, "speed_of_light", speed);
  const lengthKm = link.number("length", length);
  const success = perfect
    ? { value: 1, from: "a perfect link" }
    : { value: link.required("prob_success", { ...probability, above: true }), from: "prob_success" };
  const pair = perfect ? undefined : link.required("fidelity", { ...fidelity, meaning: "fidelity of the pair" });
  const cycleNs = cycleOf(link, perfect, lengthKm, speeds.values[0]);
  if (link.value("random_bell_state") === true) link.warn("random_bell_state", "true: Φ+ is announced always here");
  const periodNs = Math.max(1, Math.round(tidy(cycleNs)));
  if (periodNs !== tidy(cycleNs)) mapping.warn("", `a cycle of ${tidy(cycleNs)} ns: whole ns here, ${periodNs}`);
  return {
    ends,
    configuration: link,
    lengthKm: lengthKm ?? 0,
    speeds: lengthKm === undefined ? [] : [{ value: speeds.values[0], from: speeds.from }],
    finish(speedKmPerS, name) {
      const longestKm = (periodNs * speedKmPerS) / 1e9;
      const usedKm = Math.min(lengthKm === undefined || lengthKm === 0 ? BENCH_KM : lengthKm, longestKm);
      if (usedKm !== lengthKm) {
        link.warn(
          "length",
          `${lengthKm ?? "none"}: ${tidy(usedKm)} km here, for the herald must be back within the period`,
        );
      }
      const from = lengthKm === undefined ? "no length there" : `length ${lengthKm} km`;
      const arm = { value: tidy(usedKm / 2), from };
      return {
        name,
        between: ends.tokens,
        from: `${namesOf(ends)}, typ ${type}`,
        armsKm: [arm, arm],
        attenuationDbPerKm: { value: 0, from: "of no effect in this model" },
        words: { scheme: type },
        heralding: {
          successProbability: success,
          ...(pair !== undefined && { fidelity: { value: pair, from: "fidelity" } }),
          periodNs: { value: periodNs, from: `a cycle of ${tidy(cycleNs)} ns` },
        },
      };
    },
  };
}

function cycleOf(link: SourceMapping, perfect: boolean, lengthKm: number | undefined, speedKmPerS: number): number {
  const field = perfect ? "state_delay" : "t_cycle";
  const given = link.number(field, { ...time, above: true });
  if (given !== undefined) return given;
  if (lengthKm !== undefined && lengthKm > 0) {
    const cycleNs = (lengthKm * 1e9) / speedKmPerS;
    link.warn(field, `not given: ${tidy(cycleNs)} ns, the light time of the link`);
    return cycleNs;
  }
  if (!perfect) throw link.error(field, "this field is missing", "give the duration of an attempt in ns, above 0");
  link.warn(field, "not given: attempts of 1000 ns");
  return 1000;
}
