import { platforms, silicaAttenuationDbPerKm } from "@bellmesh/hardware";
import { describe, expect, test } from "vitest";
import { parseTopology } from "./index.ts";

const heralding = "heralding: {periodNs: 1000000, detectionWindowNs: 1000}";
const network = (defaults: string, node = "") =>
  `name: lab
defaults: {${defaults}, ${heralding}}
nodes: [{name: a, memory: {t1S: .inf}${node}}, {name: b}]
links: [{between: [a, b], lengthKm: 1}]
`;

describe("A platform", () => {
  test.each([...platforms.keys()])("%s is enough for a network of it", (name) => {
    const { nodes, links } = parseTopology(network(`platform: ${name}`), "lab.yaml");
    const platform = platforms.get(name);
    expect(nodes[1]?.memory.t2S).toBe(platform?.communication.t2S[0]);
    expect(nodes[1]?.readout.durationNs).toBeCloseTo((platform?.readoutS[0] as number) * 1e9, 6);
    expect(links[0]?.heralding).toMatchObject({ visibility: platform?.emission.visibility[0] });
  });

  test("gives way to a field that is given, at the node or in the defaults", () => {
    const { nodes } = parseTopology(
      network("platform: nv-2019, memory: {t2S: 0.25}", ", readout: {p01: 0.5}"),
      "lab.yaml",
    );
    expect(nodes.map(({ memory }) => memory.t2S)).toEqual([0.25, 0.25]);
    expect(nodes.map(({ readout }) => readout.p01)).toEqual([0.5, 0.05]);
    expect(nodes[0]?.memory.t1S).toBe(Number.POSITIVE_INFINITY);
  });

  test("of a node goes before the defaults", () => {
    const { nodes } = parseTopology(
      network("platform: nv-2019, gates: {twoQubitNs: 7}", ", platform: ideal"),
      "lab.yaml",
    );
    expect(nodes.map(({ gates }) => gates.twoQubitNs)).toEqual([0, 7]);
    expect(nodes.map(({ readout }) => readout.p01)).toEqual([0, 0.05]);
  });

  test("sends its own light through links that say nothing of theirs, converted beyond 100 m", () => {
    const linkOf = (defaults: string) => parseTopology(network(defaults), "lab.yaml").links[0];
    const conversion = { toNm: 1588, efficiency: 0.3 };
    const channel = { medium: "fibre", wavelengthNm: 637, conversion };
    expect(linkOf("platform: nv-2019")).toMatchObject({ channel, attenuationDbPerKm: silicaAttenuationDbPerKm(1588) });
    expect(linkOf("platform: nv-2019, attenuationDbPerKm: 0.5")).toMatchObject({ channel, attenuationDbPerKm: 0.5 });
    const telecom = { channel: { medium: "fibre", wavelengthNm: 1550 } };
    expect(linkOf("platform: trapped-ion")).toMatchObject(telecom);
    expect(linkOf("platform: ideal")).toMatchObject({ attenuationDbPerKm: 0.2 });
    expect(linkOf("platform: ideal")).not.toHaveProperty("channel");
  });

  test("that nobody knows is refused with the nearest name", () => {
    expect(() => parseTopology(network("platform: nv-2091"), "lab.yaml")).toThrow(/did you mean nv-20/);
  });
});
