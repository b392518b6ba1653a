/** What the supervisor and a front end say to each other, over Bun's IPC channel. */

import type { FrontEndCounts, Report } from "../metrics/report.ts";
import type { Settings } from "../settings/settings.ts";
import type { TlsMaterial } from "../tls/material.ts";

/** What a pool of workers is for: to run the application, or the scripts that say who may use the site. */
export type PoolName = "application" | "access";

/**
 * Begins each record that a front end writes to its standard error. What comes without it is no record: the last words
 * of a runtime, say.
 */
export const RECORD_MARK = "\x1e";

export interface ListenerHandle {
  /** Descriptor number in the front end. */
  readonly fd: number;
  /** Number of the front end that accepts on it, see `accept`; null is every one. */
  readonly owner: number | null;
  /** Where it is in the file system; null for TCP. */
  readonly path: string | null;
  /** 0 when it has a path. */
  readonly port: number;
  /** It is for HTTPS. */
  readonly secure: boolean;
  /** It is --admin-port: for the pages about the server only. */
  readonly admin: boolean;
}

export type ToFrontEnd =
  /** Sent once, first. `number` says which listeners are its own: it accepts on them at once. */
  | {
      readonly kind: "configure";
      readonly number: number;
      /** With which the front ends sign what clients bring back: the same in all, as any may get it. Hexadecimal. */
      readonly secret: string;
      readonly settings: Settings;
      readonly listeners: readonly ListenerHandle[];
      /** null when there is no port for HTTPS. */
      readonly tls: TlsMaterial | null;
      /** Descriptor of the memory for lines of the access log, see logs/shared-lines.ts; null without. */
      readonly sharedLines: number | null;
    }
  /** New certificates, for the handshakes from now on. */
  | { readonly kind: "certificates"; readonly tls: TlsMaterial }
  /** Accept on the listeners of this front end too, which is down; or leave them alone again. */
  | { readonly kind: "accept" | "leave"; readonly owner: number }
  /** A worker is ready: connect to it. `loaded`: it has an application. */
  | {
      readonly kind: "worker-up";
      readonly pool: PoolName;
      readonly id: number;
      readonly pid: number;
      readonly socket: string;
      readonly loaded: boolean;
    }
  /** It could not load the application at first, and has it now. */
  | { readonly kind: "worker-loaded"; readonly id: number }
  /** Send it nothing new; `worker-drained` is the answer once nothing of ours is in its hands. */
  | { readonly kind: "worker-drain"; readonly id: number }
  /**
   * It is gone, and why, in the words of the log. `overdueMs` is for one that was ended because it took too long: requests
   * that it had for so long are the ones it is about.
   */
  | { readonly kind: "worker-down"; readonly id: number; readonly why: string; readonly overdueMs: number | null }
  /** Say what was counted, with "counts" and the same number. */
  | { readonly kind: "count"; readonly query: number }
  /** The answer to "report-wanted". */
  | { readonly kind: "report"; readonly report: Report }
  /**
   * Accept nothing new, finish what is in hand within `graceMs` (0 is no limit), say "drained" and exit. Said again, the
   * shorter time counts. A client that waits between two requests is let go at once, or with `keepIdle` when it sends
   * the next one or --keep-alive-timeout is over: then none can find that its request came too late.
   */
  | { readonly kind: "drain"; readonly graceMs: number; readonly keepIdle: boolean };

export type FromFrontEnd =
  | { readonly kind: "ready" }
  | { readonly kind: "worker-drained"; readonly id: number }
  /** It can't be talked to, although nobody has said that it is gone. */
  | { readonly kind: "worker-lost"; readonly id: number; readonly why: string }
  | { readonly kind: "counts"; readonly query: number; readonly counts: FrontEndCounts }
  /** Somebody has asked for what the server knows of itself. Said again only after the answer. */
  | { readonly kind: "report-wanted" }
  /** With the last of what it counted. */
  | { readonly kind: "drained"; readonly counts: FrontEndCounts };
