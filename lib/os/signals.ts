/** Signals by name and number. */

import { constants } from "node:os";

const numbers = new Map(Object.entries(constants.signals).map(([name, number]) => [name, number as number]));

/** `signal 9 (SIGKILL)`, of "SIGKILL". */
export function describeSignal(name: string): string {
  const number = numbers.get(name);
  return number === undefined ? `signal ${name}` : `signal ${number} (${name})`;
}
