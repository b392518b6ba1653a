/** Another server that requests are handed to, as the URL of an option says. Pure. */

export interface Upstream {
  readonly secure: boolean;
  /** A name or an address, without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** Absolute path of the UNIX socket that is connected to instead; null for TCP. */
  readonly socketPath: string | null;
  /** What Host says: the port is left out when it is the scheme's own. */
  readonly authority: string;
  /** Percent-encoded; begins with "/". */
  readonly path: string;
  /** Without the "?"; "" when there is none. */
  readonly query: string;
}

/** `http://host:port/path?query`, or `unix:/path/of/socket|http://host/path` as Apache writes it. */
const URL_FORM =
  /^(?:unix:(\/[^|\0]+)\|)?(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(\d{1,5}))?(\/[!-"$->@-~]*)?(?:\?([!-"$-~]*))?$/i;

/** @returns null when `url` is none of these. */
export function parseUpstream(url: string): Upstream | null {
  const [, socketPath, scheme = "", host = "", digits, path = "/", query = ""] = URL_FORM.exec(url) ?? [];
  if (host === "") return null;
  const secure = scheme.toLowerCase() === "https";
  const usual = secure ? 443 : 80;
  const port = digits === undefined ? usual : Number(digits);
  if (port < 1 || port > 65_535) return null;
  return {
    secure,
    hostname: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    socketPath: socketPath ?? null,
    authority: port === usual ? host : `${host}:${port}`,
    path,
    query,
  };
}

/** The upstream without a path, as it is written in messages: which server it is. */
export function originOf({ secure, authority, socketPath }: Upstream): string {
  const origin = `${secure ? "https" : "http"}://${authority}`;
  return socketPath === null ? origin : `unix:${socketPath}|${origin}`;
}
