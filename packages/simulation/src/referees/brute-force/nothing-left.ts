import { deployment, linksOf, type Topology } from "@bellmesh/topology";
import type { PlainRule } from "./plain-rule.ts";

/** In its last census no process has more under way than a mesh at rest has, to which nothing has ever happened. */
export const nothingLeft: PlainRule = {
  name: "nothing-left",
  isIdle: (history) => !history.some(({ event }) => event?.$case === "census"),
  isBroken: (history, topology) => {
    const mesh: readonly string[] = deployment(topology).map(({ address }) => address);
    const last = history.flatMap(({ event, writer, at }, index) => {
      const isLast = !history.slice(index + 1).some((one) => one.writer === writer && one.event?.$case === "census");
      return event?.$case === "census" && isLast ? [{ writer, at, ...event.census }] : [];
    });
    const latest = Math.max(...last.map(({ at }) => at));
    const isSomeoneDown = mesh.some((writer) => !last.some((one) => one.writer === writer && one.at === latest));
    const applications = last.filter(({ writer }) => !mesh.includes(writer));
    const theirStreams = applications.reduce((sum, { streams }) => sum + streams, 0);
    return last.some(({ writer, timers, streams, calls }) => {
      const [service = "", place = ""] = writer.split("/");
      if (!mesh.includes(writer)) return false;
      const isBusyClock = service === "clock-sync";
      if (!isSomeoneDown && timers > (isBusyClock ? 1 : 0)) return true;
      if (calls > (isBusyClock ? 1 : 0)) return true;
      const spare = service === "node-controller" ? theirStreams : 0;
      return streams > streamsAtRest(topology, service, place) + spare;
    });
  },
};

/** What the processes of lines, stars and rings have when nothing was ever asked of them. */
function streamsAtRest(topology: Topology, service: string, place: string): number {
  const links = linksOf(topology, place).length;
  switch (service) {
    case "quantum-state":
      return topology.nodes.length + topology.links.length;
    case "physical-link":
    case "node-controller":
      return 3;
    case "link-layer":
      return 3 + 2 * links;
    case "network-layer":
      return 2 + 2 * links;
    default:
      return 1;
  }
}
