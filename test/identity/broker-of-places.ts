import { type RunningNats, startNats } from "@bellmesh/broker";
import { deployment, type Topology } from "@bellmesh/topology";
import { publishPatterns } from "@bellmesh/wire";

/** Who may publish and hear everything: a test that watches. */
export const OBSERVER = "observer";

/** A bus on which every place of a topology is a user of its own, and may publish in its own name alone. */
export function natsOfPlaces(kind: "embedded" | "server") {
  return (directory: string, topology: Topology): Promise<RunningNats> => {
    const places = [...new Set(deployment(topology).map(({ place }) => place))];
    const users = places.map((place) => ({
      user: place,
      password: `password of ${place}`,
      permissions: { publish: [...publishPatterns(topology.name, place)], subscribe: [">"] },
    }));
    const observer = { user: OBSERVER, password: "seeing", permissions: { publish: [">"], subscribe: [">"] } };
    return startNats({ prefer: kind, users: [...users, observer], directory });
  };
}
