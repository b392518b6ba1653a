/** Another server, for proxying: it shows what it is asked, and answers as its path says. */

export interface RunningUpstream extends Disposable {
  /** "http://HOST:PORT" */
  readonly url: string;
}

export function startUpstream(): RunningUpstream {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request) {
      const { pathname, search, origin } = new URL(request.url);
      const kind = pathname.split("/").at(-1);
      if (kind === "redirect") {
        return new Response("elsewhere", { status: 302, headers: { Location: `${origin}/base/there` } });
      }
      if (kind === "missing") return new Response("not there", { status: 404, headers: { "X-From": "upstream" } });
      // Whether its connection is kept is between the two servers.
      request.headers.delete("connection");
      const fields = [...request.headers].map(([name, value]) => `${name}: ${value}`).toSorted();
      const lines = [`${request.method} ${pathname}${search}`, ...fields, "", await request.text()];
      return new Response(lines.join("\n"), { headers: { "Content-Type": "text/plain", "X-From": "upstream" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}
