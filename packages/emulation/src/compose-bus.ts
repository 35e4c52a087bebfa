/** The configuration of the bus in a container. */
export function busConfiguration(
  network: string,
  places: readonly string[],
  password: (place: string) => string,
): string {
  const users = places.map((place) => {
    const publish = `["bellmesh.v1.${network}.*.${place}.>", "_INBOX.>"]`;
    return `    {user: "${place}", password: "${password(place)}", permissions: {publish: ${publish}}}`;
  });
  return `host: 0.0.0.0
port: 4222
monitor_port: 8222
authorization {
  users = [
${users.join("\n")}
  ]
}
`;
}
