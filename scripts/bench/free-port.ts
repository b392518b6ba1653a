/** A port for a server to come. */

/** One that nobody listens on now. Should somebody take it before the server does, the probe finds out. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  listener.stop(true);
  return listener.port;
}
