import {
  checkSchedule,
  commonSchedule,
  type LinkSchedule,
  ParameterError,
  satellitePasses,
  silicaAttenuationDbPerKm,
  slantRangeKm,
  type UpWindow,
} from "@bellmesh/hardware";
import type { BeamWay, FibreWay, LinkChannel, SatelliteWay, Weather } from "./link-channel.ts";
import {
  beamFields,
  elevationField,
  fibreWayFields,
  freeSpaceFields,
  microwaveFields,
  optionalBeamFields,
  optionalFibreWayFields,
  optionalWeatherFields,
  orbitFields,
  satelliteFields,
  stationFields,
  wayFields,
  weatherFields,
  windowFields,
} from "./link-schema.ts";
import type { NumberFields } from "./schema.ts";
import type { NumbersOf, Section } from "./section.ts";

/** The media there are. */
export const media = ["fibre", "free-space", "satellite", "microwave"] as const;

const beamNames = [
  ...Object.keys(fibreWayFields),
  ...Object.keys(beamFields),
  ...Object.keys(optionalBeamFields),
  "weather",
];

/** Which fields a channel has, by medium. */
const channelNames = {
  fibre: [...Object.keys(fibreWayFields), ...Object.keys(optionalFibreWayFields)],
  "free-space": [...beamNames, ...Object.keys(freeSpaceFields)],
  satellite: [...beamNames, ...Object.keys(satelliteFields), ...Object.keys(elevationField), "orbit", "stations"],
  microwave: Object.keys(microwaveFields),
} as const satisfies Readonly<Record<(typeof media)[number], readonly string[]>>;

export const allChannelNames = [
  ...new Set(["medium", ...Object.values(channelNames).flat(), ...Object.keys(wayFields)]),
];

const RADIANS = Math.PI / 180;

/** A channel, and for a satellite that moves when it is to be seen. */
export interface ParsedChannel {
  readonly channel: LinkChannel;
  readonly passes?: LinkSchedule;
}

/** Reads a link's `channel`; undefined when there is none. @throws TopologyError */
export function parseChannel(link: Section): ParsedChannel | undefined {
  if (!link.has("channel")) return undefined;
  const known = link.section("channel", allChannelNames);
  const medium = known.choice("medium", media, "fibre");
  const section = link.section("channel", ["medium", ...channelNames[medium], ...Object.keys(wayFields)]);
  const overhead = given(section, wayFields);
  switch (medium) {
    case "fibre":
      return { channel: { medium, ...overhead, ...fibreWay(section) } };
    case "free-space":
      return { channel: { medium, ...overhead, ...beamWay(section), ...section.numbers(freeSpaceFields) } };
    case "satellite":
      return satelliteWay(section, overhead);
    case "microwave":
      return { channel: { medium, ...overhead, ...section.numbers(microwaveFields) } };
  }
}

/** The attenuation of a fibre that says its wavelength: that of silica. */
export function attenuationOf({ wavelengthNm, conversion }: FibreWay): number {
  return silicaAttenuationDbPerKm(conversion?.toNm ?? wavelengthNm);
}

/** The way to a satellite at the mask, the longest there is. */
export function satelliteArmsKm({ heightKm, maskDeg, sight }: SatelliteWay): readonly [number, number] {
  const rangeKm = (elevationDeg: number) => slantRangeKm(heightKm, elevationDeg * RADIANS);
  if ("elevationsDeg" in sight) return [rangeKm(sight.elevationsDeg[0]), rangeKm(sight.elevationsDeg[1])];
  return [rangeKm(maskDeg), rangeKm(maskDeg)];
}

/** Reads a link's `schedule`, and joins it with a satellite's passes. @throws TopologyError */
export function parseSchedule(link: Section, passes: LinkSchedule | undefined): LinkSchedule | undefined {
  if (!link.has("schedule")) return passes;
  const expected = "give a list of windows, as in [{fromS: 0, toS: 300}, {fromS: 5700, toS: 6000}]";
  const windows: UpWindow[] = link
    .list("schedule", expected)
    .map((item, place) => link.item("schedule", place, item, Object.keys(windowFields)).numbers(windowFields));
  if (windows.length === 0) throw link.error("schedule", "there are no windows", expected);
  checked(link, () => checkSchedule(windows));
  if (passes === undefined) return windows;
  const common = commonSchedule(windows, passes);
  if (common.length > 0) return common;
  throw link.error("schedule", "the satellite passes in none of its windows", "give windows of its passes");
}

/** Fields of the models that have another name in a topology file. */
const fieldNames: Readonly<Record<string, string>> = { "conversion.toNm": "convertedNm" };

/** Does something with hardware's models; what they refuse is a mistake in this section. @throws TopologyError */
export function checked<Result>(section: Section, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const names = [error.field, error.field.split(/[.[]/)[0] as string, fieldNames[error.field] ?? ""];
    const field = names.find((name) => section.has(name));
    throw section.error(field ?? "", `${field === undefined ? `${error.field} = ` : ""}${error.value}`, error.expected);
  }
}

function fibreWay(section: Section): Omit<FibreWay, "medium"> {
  const { convertedNm, conversionEfficiency, conversionNoiseHz } = optionalFibreWayFields;
  const { initialLoss } = given(section, optionalFibreWayFields);
  const isConverted = ["convertedNm", "conversionEfficiency", "conversionNoiseHz"].some((field) => section.has(field));
  const noise = isConverted ? section.optionalNumber("conversionNoiseHz", conversionNoiseHz) : undefined;
  return {
    ...section.numbers(fibreWayFields),
    ...(isConverted && {
      conversion: {
        toNm: section.number("convertedNm", convertedNm),
        efficiency: section.number("conversionEfficiency", conversionEfficiency),
        ...(noise !== undefined && { noiseRateHz: noise }),
      },
    }),
    ...(initialLoss !== undefined && { initialLossProbability: initialLoss }),
  };
}

function beamWay(section: Section): BeamWay {
  const { noiseHz, ...beam } = given(section, optionalBeamFields);
  if ((beam.waistM === undefined) === (beam.divergenceRad === undefined)) {
    const problem = beam.waistM === undefined ? "neither waistM nor divergenceRad is given" : "waistM is given too";
    throw section.error("divergenceRad", problem, "give just one of the two: how wide the beam starts, or opens");
  }
  const weather = parseWeather(section);
  return {
    ...section.numbers({ ...fibreWayFields, ...beamFields }),
    ...beam,
    ...(noiseHz !== undefined && { noiseRateHz: noiseHz }),
    ...(weather && { weather }),
  };
}

function parseWeather(section: Section): Weather | undefined {
  if (!section.has("weather")) return undefined;
  const weather = section.section("weather", [...Object.keys(weatherFields), ...Object.keys(optionalWeatherFields)]);
  return { ...weather.numbers(weatherFields), ...given(weather, optionalWeatherFields) };
}

function satelliteWay(section: Section, overhead: { readonly classicalOverheadNs?: number }): ParsedChannel {
  const { passesForS, ...numbers } = section.numbers(satelliteFields);
  const way = { medium: "satellite" as const, ...overhead, ...beamWay(section), ...numbers };
  if (section.has("elevationsDeg")) {
    for (const other of ["orbit", "stations", "passesForS"]) {
      if (!section.has(other)) continue;
      throw section.error(other, "elevationsDeg is given too", "give either elevations that stay or an orbit");
    }
    return {
      channel: { ...way, sight: { elevationsDeg: section.numberPair("elevationsDeg", elevationField.elevationsDeg) } },
    };
  }
  if (!section.has("orbit")) {
    throw section.error(
      "orbit",
      "this field is missing",
      "give an orbit with stations, or elevationsDeg as two numbers",
    );
  }
  const orbit = orbitOf(section.section("orbit", Object.keys(orbitFields)), numbers.heightKm);
  const stations = stationsOf(section);
  const passes = checked(section, () => {
    const [first, second] = stations.map((station) =>
      satellitePasses(orbit, station, numbers.maskDeg * RADIANS, { fromS: 0, toS: passesForS }),
    ) as unknown as [LinkSchedule, LinkSchedule];
    return commonSchedule(first, second).map(({ fromS, toS }) => ({ fromS, toS }));
  });
  if (passes.length === 0) {
    const problem = `in ${passesForS} s the satellite is never ${numbers.maskDeg}° above both stations`;
    throw section.error("orbit", problem, "give another orbit, a lower maskDeg or a longer passesForS");
  }
  return { channel: { ...way, sight: { orbit, stations } }, passes };
}

function orbitOf(section: Section, heightKm: number) {
  const { inclinationDeg, ascendingNodeDeg, phaseDeg } = section.numbers(orbitFields);
  return {
    heightKm,
    inclinationRad: inclinationDeg * RADIANS,
    ascendingNodeRad: ascendingNodeDeg * RADIANS,
    phaseRad: phaseDeg * RADIANS,
  };
}

function stationsOf(section: Section) {
  const expected = "give two ground stations, as in [{latitudeDeg: 52, longitudeDeg: 4.4}, …], in the order of between";
  const items = section.list("stations", expected);
  if (items.length !== 2) throw section.error("stations", `this list has ${items.length} items`, expected);
  const [first, second] = items.map((item, place) => {
    const { latitudeDeg, longitudeDeg } = section
      .item("stations", place, item, Object.keys(stationFields))
      .numbers(stationFields);
    return { latitudeRad: latitudeDeg * RADIANS, longitudeRad: longitudeDeg * RADIANS };
  });
  return [first, second] as [NonNullable<typeof first>, NonNullable<typeof second>];
}

/** The numbers of a table that are given; the others are absent. */
function given<Fields extends NumberFields>(section: Section, fields: Fields): Partial<NumbersOf<Fields>> {
  const entries = Object.entries(fields).map(([field, rule]) => [field, section.optionalNumber(field, rule)] as const);
  return Object.fromEntries(entries.filter(([, number]) => number !== undefined)) as Partial<NumbersOf<Fields>>;
}
