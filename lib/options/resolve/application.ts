/** What is served: the application and the document root. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { ApplicationType } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";

export interface Served {
  readonly type: ApplicationType;
  readonly entryPoint: string;
  readonly documentRoot: string;
}

/** Further plain words are ignored, as in the original. */
export function resolveServed({ values, positionals }: Parsed, serverRoot: string, facts: Facts): Served {
  const type = values["application-type"];
  const entry = values["entry-point"] || positionals[0];
  const root = values["document-root"];
  const given = root === undefined ? null : absolute(facts.directory, root);
  const ownRoot = given ?? `${serverRoot}/htdocs`;
  if (type === "static") {
    return { type, entryPoint: "", documentRoot: given ?? absolute(facts.directory, entry ?? ".") };
  }
  if (!entry) return { type: "welcome", entryPoint: "", documentRoot: ownRoot };
  return {
    type,
    entryPoint: type === "module" ? entry : absolute(facts.directory, entry),
    documentRoot: ownRoot,
  };
}
