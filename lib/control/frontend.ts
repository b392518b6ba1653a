/** What the supervisor and a front end say to each other, over Bun's IPC channel. */

import type { Settings } from "../settings/settings.ts";

export interface ListenerHandle {
  /** Descriptor number in the front end. */
  readonly fd: number;
  /** As configured: "" when bound to every interface. */
  readonly host: string;
  readonly port: number;
}

export type ToFrontEnd =
  | { readonly kind: "configure"; readonly settings: Settings; readonly listeners: readonly ListenerHandle[] }
  /** A worker is ready: connect to it. */
  | { readonly kind: "worker-up"; readonly id: number; readonly pid: number; readonly socket: string }
  /** Send it nothing new; `worker-drained` is the answer once nothing of ours is in its hands. */
  | { readonly kind: "worker-drain"; readonly id: number }
  /**
   * It is gone, and why, in the words of the log. `overdueMs` is for one that was ended because it took too long: requests
   * that it had for so long are the ones it is about.
   */
  | { readonly kind: "worker-down"; readonly id: number; readonly why: string; readonly overdueMs: number | null }
  /** Accept nothing new, finish what is in hand, say "drained" and exit. */
  | { readonly kind: "drain" };

export type FromFrontEnd =
  | { readonly kind: "ready" }
  | { readonly kind: "worker-drained"; readonly id: number }
  /** It can't be talked to, although nobody has said that it is gone. */
  | { readonly kind: "worker-lost"; readonly id: number; readonly why: string }
  | { readonly kind: "drained"; readonly answered: number };
