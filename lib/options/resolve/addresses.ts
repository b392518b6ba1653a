/** Where the server listens, and the names that it gets from there. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { ListenAddress } from "../../settings/settings.ts";
import { hostsIn, ipv6In, pathIn } from "../checks/address.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { Values } from "../table.ts";

export interface Addresses {
  readonly addresses: readonly ListenAddress[];
  readonly host: string | null;
  readonly hostLabel: string;
  /** What mod_wsgi calls the process group. */
  readonly group: string;
}

/** `struct sockaddr_un` has room for 108 bytes, the last of them zero. */
const LONGEST_PATH_BYTES = 107;

export function addressesOf({ host, port }: Values, facts: Facts): Addresses {
  if (host === undefined) {
    return { addresses: [{ host: null }], host: null, hostLabel: "localhost", group: `localhost:${port}` };
  }
  const words = [...new Set(hostsIn(host).map((word) => written(word, facts)))];
  // A socket on :: takes clients of IPv4 too, and then there can be no second one for these.
  const both = words.some((word) => ipv6In(word) === "::");
  const addresses = words
    .filter((word) => !(both && word === "0.0.0.0"))
    .map((word) => (pathIn(word) === null ? { host: word } : { path: pathIn(word)! }));
  const [first = ""] = words;
  const hostLabel = labelOf(first);
  return { addresses, host: first, hostLabel, group: pathIn(first) === null ? `${hostLabel}:${port}` : first };
}

/** What can't be listened on, however the machine is. */
export function addressProblems({ host = "", "https-port": httpsPort }: Values, facts: Facts): readonly Problem[] {
  const paths = hostsIn(host).flatMap((word) => pathIn(written(word, facts)) ?? []);
  const problems: Problem[] = paths
    .filter((path) => new TextEncoder().encode(path).length > LONGEST_PATH_BYTES)
    .map((path) => ({
      exit: 1,
      what: `the path of a socket may have ${LONGEST_PATH_BYTES} bytes, and this one has more`,
      from: [["--host", `unix:${path}`]],
      advice: "Give a short path, such as one below /run.",
    }));
  if (httpsPort !== undefined && paths.length > 0 && paths.length === hostsIn(host).length) {
    problems.push({
      exit: 2,
      what: "HTTPS needs an address to listen on, and there are only sockets in the file system",
      from: [
        ["--host", host],
        ["--https-port", `${httpsPort}`],
      ],
      advice: "Add an address to --host, or leave --https-port out.",
    });
  }
  return problems;
}

/** Paths in full: the server changes its directory. */
function written(word: string, facts: Facts): string {
  const path = pathIn(word);
  return path === null ? word : `unix:${absolute(facts.directory, path)}`;
}

/** The host as names, paths and URLs have it: IPv6 in brackets, so that a port can follow. */
function labelOf(host: string): string {
  if (pathIn(host) !== null) return "localhost";
  const address = ipv6In(host);
  return address === null ? host : `[${address}]`;
}
