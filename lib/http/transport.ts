/** What connections of every protocol sit on. */

/** What is needed of a socket: Bun's TCP and TLS sockets both are one. `write` takes what fits and says how much. */
export interface Transport {
  write(data: Uint8Array, byteOffset?: number, byteLength?: number): number;
  /** Closes; the kernel delivers what was written. */
  end(): void;
  /** Sends FIN; reading goes on. */
  shutdown(): void;
  /** Resets. */
  terminate(): void;
  pause(): void;
  resume(): void;
  /** Its descriptor, while it is open. */
  readonly fd?: number;
}
