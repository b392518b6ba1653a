/** A Django project on SQLite, made the way Django's tutorial says, in a folder that the server's user owns. */

import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../harness/binary.ts";
import { giveTo } from "../../harness/folders.ts";
import type { Python } from "../../harness/pythons.ts";

/** Made by `createsuperuser`. */
export const admin = { name: "ada", password: "a-test-of-malt" } as const;

/** What both manage.py and the server have to be told. */
export const environment = { DJANGO_SETTINGS_MODULE: "shop.live" } as const;

/** Makes project `shop` with application `notes` in the empty folder `home`. Throws what Django says when it fails. */
export async function makeProject(python: Python, home: string): Promise<void> {
  await django(python, home, ["-m", "django", "startproject", "shop", "."], {});
  await django(python, home, ["manage.py", "startapp", "notes"], {});
  cpSync(join(import.meta.dir, "notes"), join(home, "notes"), { recursive: true });
  cpSync(join(import.meta.dir, "live.py"), join(home, "shop", "live.py"));
  // Python looks for modules beside the script first.
  cpSync(join(import.meta.dir, "prepare.py"), join(home, "prepare.py"));
  await django(python, home, ["prepare.py"], {
    ...environment,
    DJANGO_SUPERUSER_USERNAME: admin.name,
    DJANGO_SUPERUSER_PASSWORD: admin.password,
    DJANGO_SUPERUSER_EMAIL: "ada@example.com",
  });
  // SQLite writes its journal beside the database, so the folder has to be writable too.
  if (python.user !== null) giveTo(uidOf(python.user), home);
}

function uidOf(user: string): number {
  if (user === "root") return statSync("/").uid;
  const { stdout } = Bun.spawnSync(["id", "-u", user]);
  return Number(stdout.toString());
}

async function django(python: Python, cwd: string, words: string[], extra: Record<string, string>): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...extra };
  const { code, out, err } = await run([python.path, ...words], { cwd, env });
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}\n${out}${err}`);
}
