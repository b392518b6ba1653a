/** What the tests of the access scripts have in common. */

import { join } from "node:path";
import { readable } from "../../harness/folders.ts";
import type { Server } from "../../harness/server.ts";

/** The script that says what the request tells it to. */
export const gate: string = await readable(join(import.meta.dir, "apps", "gate.py"));

export const PASSWORD = "päss:wörd";

/** The value of Authorization; text is sent as UTF-8. */
export function basic(user: string, password = PASSWORD): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

export async function status(server: Server, target: string, authorization?: string): Promise<number> {
  const response = await server.get(target, authorization === undefined ? {} : { headers: { authorization } });
  await response.body?.cancel();
  return response.status;
}

/** The environ that tests/apps/echo.py tells of, to a user. */
export async function environ(server: Server, target: string, authorization: string): Promise<Record<string, unknown>> {
  const response = await server.get(target, { headers: { authorization } });
  return ((await response.json()) as { environ: Record<string, unknown> }).environ;
}

/** What the script has shown of its arguments. */
export async function seen(server: Server): Promise<Record<string, unknown>> {
  const [, text = ""] = await server.waitForLog(/SEEN ([\da-f]+)$/m);
  return JSON.parse(Buffer.from(text, "hex").toString()) as Record<string, unknown>;
}
