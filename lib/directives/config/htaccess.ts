/** .htaccess files: read when a request comes by, compiled once for each state of the file. */

import { DirectiveError } from "../syntax/directive.ts";
import { Reader, type Source } from "../syntax/read.ts";
import type { ServerDraft } from "../modules/definition.ts";
import type { World } from "../request.ts";
import { compileOverride } from "./compile.ts";
import type { Config } from "./config.ts";
import type { Override } from "./override.ts";

/** What is wrong with a file, for the log; and what the client gets. */
export interface Fault {
  readonly status: 403 | 500;
  readonly problem: string;
}

/** The configuration of a directory (without a slash at its end); undefined when it has none. */
export type OverrideOf = (directory: string) => Config | Fault | undefined;

/** A site has some dozens; clients can't make new ones, only directories do. */
const MAX_KEPT = 1000;

export function htaccessFiles(world: World, source: Source, draft: ServerDraft, override: Override): OverrideOf {
  const kept = new Map<string, { readonly text: string; readonly result: Config | Fault }>();
  return (directory) => {
    const path = `${directory}/.htaccess`;
    const text = world.read(path);
    if (text === undefined) {
      kept.delete(path);
      // Like Apache: a file that may forbid something, and can't be read, forbids everything.
      return world.stat(path) === null ? undefined : { status: 403, problem: `${path} can't be read` };
    }
    const before = kept.get(path);
    if (before?.text === text) return before.result;
    let result: Config | Fault;
    try {
      result = compileOverride(
        new Reader(source, `${directory}/`).override(text, path),
        `${directory}/`,
        draft,
        override,
      );
    } catch (error) {
      if (!(error instanceof DirectiveError)) throw error;
      result = { status: 500, problem: error.message };
    }
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(path, { text, result });
    return result;
  };
}
