/** Waiting for a condition with a deadline: what tests do instead of sleeping. */

/** Long enough for a loaded machine; a condition that takes longer will not come true. */
export const PATIENCE_MS = 20_000;

/** How often a condition that announces nothing is looked at. */
const LOOK_EVERY_MS = 10;

/**
 * Resolves with the first truthy value of `condition`.
 * Throws, naming `what`, when there was none within `patienceMs`.
 */
export async function until<Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  patienceMs: number = PATIENCE_MS,
): Promise<NonNullable<Value>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
