/** The CGI variables (RFC 3875 §4.1) that are the same for every request, of applications and of scripts alike. Pure. */

import type { Settings } from "./settings.ts";

/**
 * What --passenv and --setenv ask for, and then what the server says of itself, so that no option says otherwise.
 * @param own the environment that --passenv takes from
 */
export function constantCgiPairs(
  { environ, files }: Pick<Settings, "environ" | "files">,
  own: Readonly<Record<string, string | undefined>>,
): readonly (readonly [name: string, value: string])[] {
  const passed = environ.pass.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return [
    ...passed,
    ...environ.set,
    ["SERVER_SOFTWARE", "Malt"],
    ["SERVER_SIGNATURE", ""],
    ["SERVER_ADMIN", "[no address given]"],
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["DOCUMENT_ROOT", files.documentRoot],
    ["CONTEXT_DOCUMENT_ROOT", files.documentRoot],
    ["CONTEXT_PREFIX", ""],
  ];
}
