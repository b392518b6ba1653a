/** What keeps the server from starting, in words for the operator: what failed, where it came from, what to try. */
export class StartupError extends Error {
  override readonly name = "StartupError";
}
