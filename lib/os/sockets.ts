/**
 * Listening sockets, made with libc because Bun's own always listen with a backlog of 512 and can't be handed to
 * another process before it accepts.
 */

import { ptr } from "bun:ffi";
import { lookup } from "node:dns/promises";
import { closeSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { basename, join } from "node:path";
import { codeOf, failed, type OsFailure } from "./errors.ts";
import { libc } from "./libc.ts";
import { AF_INET, AF_INET6, encodeAddress, portOf, type SocketAddress } from "./sockaddr.ts";

// Linux numbers, the same on x86-64 and ARM64.
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface ListeningSocket {
  readonly fd: number;
  readonly family: SocketAddress["family"];
  /** Numeric; "::" accepts IPv4 as well. */
  readonly address: string;
  /** The real one, also when 0 was asked for. */
  readonly port: number;
}

/** Why nothing listens, in words for an operator. */
export interface BindProblem {
  readonly code: string;
  readonly problem: string;
}

/** Who else may listen on the address of a new socket. */
type Sharing =
  /** Nobody. */
  | "no"
  /** Nobody who is there already, but those that follow by {@link listenBeside}. */
  | "later"
  /** Those that let others in. */
  | "yes";

/** How a socket is to listen. */
export interface Listening {
  readonly backlog: number;
  /** Allows {@link listenBeside}. */
  readonly shared?: boolean;
  /** The option that chose the port. */
  readonly option?: "--port" | "--https-port" | "--admin-port";
}

/**
 * Listens on every address of `host` (null is every interface, one dual-stack socket where IPv6 is on), non-blocking
 * and close-on-exec. Addresses this machine doesn't have are passed over as long as one of the others works, and those
 * of `taken`, which are listened on already.
 */
export async function listenOnHost(
  host: string | null,
  port: number,
  listening: Listening,
  taken: readonly ListeningSocket[] = [],
): Promise<readonly ListeningSocket[] | BindProblem> {
  const { option = "--port" } = listening;
  if (host === null) {
    const both = listenOnAddress({ family: AF_INET6, address: "::", port }, listening);
    if ("fd" in both) return [both];
    // No such family, or switched off by sysctl.
    const ipv6Off = both.code === "EAFNOSUPPORT" || both.code === "EADDRNOTAVAIL";
    const ipv4 = ipv6Off ? listenOnAddress({ family: AF_INET, address: "0.0.0.0", port }, listening) : both;
    return "fd" in ipv4 ? [ipv4] : explain(ipv4, "every interface", port, option);
  }
  const found = await resolve(host, hostOption(option));
  if ("problem" in found) return found;
  const addresses = found.filter((address) => !taken.some((socket) => socket.address === address));
  return addresses.length === 0 ? [] : listenOnAll(addresses, host, port, listening);
}

/**
 * One more socket on the address of another that is `shared`: the kernel spreads new connections evenly over all of
 * them. (A single socket that several processes accept on is emptied by whoever wakes up first: 299 of 300 went to one
 * of three.)
 */
export function listenBeside(
  { family, address, port }: ListeningSocket,
  backlog: number,
): ListeningSocket | BindProblem {
  const socket = listenOnAddress({ family, address, port }, { backlog }, "yes");
  return "fd" in socket ? socket : explain(socket, address, port, "--port");
}

/** Sets how many connections wait on a socket that listens already. Returns why it can't, or undefined. */
export function setBacklog(fd: number, backlog: number): OsFailure | undefined {
  return libc().listen(fd, backlog) < 0 ? failed("listen") : undefined;
}

function listenOnAll(
  addresses: readonly string[],
  host: string,
  port: number,
  listening: Listening,
): readonly ListeningSocket[] | BindProblem {
  const { option = "--port" } = listening;
  const sockets: ListeningSocket[] = [];
  let missing: OsFailure | undefined;
  for (const address of addresses) {
    // With port 0 the first socket chooses and the others follow.
    const chosen = sockets[0]?.port ?? port;
    const family = isIP(address) === 6 ? AF_INET6 : AF_INET;
    const result = listenOnAddress({ family, address, port: chosen }, listening);
    if ("fd" in result) {
      sockets.push(result);
    } else if (result.code === "EADDRNOTAVAIL" || result.code === "EAFNOSUPPORT") {
      missing = result;
    } else {
      for (const socket of sockets) closeSync(socket.fd);
      return explain(result, address, chosen, option);
    }
  }
  if (sockets.length > 0) return sockets;
  return explain(missing ?? { call: "bind", code: "EADDRNOTAVAIL" }, host, port, option);
}

function listenOnAddress(
  { family, address, port }: SocketAddress,
  { backlog, shared = false }: Listening,
  sharing: Sharing = shared ? "later" : "no",
): ListeningSocket | OsFailure {
  const c = libc();
  const [plain = "", zone] = address.split("%");
  const scope = zone === undefined ? 0 : interfaceIndex(zone);
  if (scope === undefined) return { call: "bind", code: "EADDRNOTAVAIL" };
  const where: SocketAddress = { family, address: plain, port, scope };
  const fd = c.socket(where.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("socket");
  const failure = prepare(fd, where, backlog, sharing);
  if (failure !== undefined) {
    closeSync(fd);
    return failure;
  }
  const name = new Uint8Array(28);
  const length = new Uint32Array([name.length]);
  if (c.getsockname(fd, ptr(name), ptr(length)) < 0) return failed("getsockname");
  return { fd, family, address, port: portOf(name) };
}

/** The number of a network interface; undefined when there is none of that name. */
function interfaceIndex(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  try {
    return Number(readFileSync(join("/sys/class/net", basename(name), "ifindex"), "latin1"));
  } catch {
    return undefined;
  }
}

function prepare(fd: number, where: SocketAddress, backlog: number, sharing: Sharing): OsFailure | undefined {
  const c = libc();
  const on = new Int32Array([1]);
  const off = new Int32Array([0]);
  const share = () => c.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, ptr(on), 4) >= 0;
  // A restart must not wait for connections of the last run in TIME_WAIT.
  if (c.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ptr(on), 4) < 0) return failed("setsockopt");
  // The default is a sysctl; "::" is to mean IPv4 too wherever we run.
  if (where.address === "::" && c.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, ptr(off), 4) < 0)
    return failed("setsockopt");
  if (sharing === "yes" && !share()) return failed("setsockopt");
  const name = encodeAddress(where);
  if (c.bind(fd, ptr(name), name.length) < 0) return failed("bind");
  // Before bind it would let us in beside another server of the same user, each then getting half of the clients.
  if (sharing === "later" && !share()) return failed("setsockopt");
  if (c.listen(fd, backlog) < 0) return failed("listen");
  return undefined;
}

/** Numeric addresses of a host: as given, in brackets, or by name. */
async function resolve(host: string, option: string): Promise<readonly string[] | BindProblem> {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return [bare];
  try {
    const found = await lookup(bare, { all: true });
    return [...new Set(found.map((entry) => entry.address))];
  } catch (error) {
    const code = codeOf(error);
    return {
      code,
      problem: `${option} ${host} cannot be resolved (${code})\n  give an address of this machine instead`,
    };
  }
}

/** The one that says the address where `option` says the port. */
function hostOption(option: string): string {
  return option === "--admin-port" ? "--admin-host" : "--host";
}

function explain(failure: OsFailure, where: string, port: number, option: string): BindProblem {
  const { code } = failure;
  switch (code) {
    case "EACCES":
      return {
        code,
        problem:
          `port ${port} needs root or CAP_NET_BIND_SERVICE\n` +
          `  start as root with --user NAME, or choose a ${option} from 1024 up, or allow this program:\n` +
          `  setcap cap_net_bind_service=+ep ${process.execPath}`,
      };
    case "EADDRINUSE":
      return {
        code,
        problem:
          `port in use: another process listens on port ${port} of ${where}\n` +
          `  ss -ltnp 'sport = :${port}' shows which; ${option} chooses another`,
      };
    case "EADDRNOTAVAIL":
      return {
        code,
        problem: `${hostOption(option)} ${where} is not an address of this machine\n  ip address shows those it has`,
      };
    default:
      return { code, problem: `cannot listen on port ${port} of ${where}: ${failure.call} failed with ${code}` };
  }
}
