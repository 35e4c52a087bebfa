import { natsServerConfig } from "@bellmesh/broker";
import { publishPatterns } from "@bellmesh/wire";

export const BUS_PORT = 4222;
/** Its monitoring pages, where health checks ask; reached only from within. */
export const MONITOR_PORT = 8222;

/**
 * The configuration of the bus in a container: every place logs in as itself and publishes in its own name only.
 * @param passwordOf what stands for a place's password; compose fills in variables.
 */
export function busConfiguration(
  network: string,
  places: readonly string[],
  passwordOf: (place: string) => string,
): string {
  const users = places.map((place) => ({
    user: place,
    password: passwordOf(place),
    permissions: { publish: publishPatterns(network, place), subscribe: [">"] },
  }));
  return natsServerConfig({ host: "0.0.0.0", port: BUS_PORT, monitorPort: MONITOR_PORT, users });
}
