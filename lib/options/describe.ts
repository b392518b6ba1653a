/** What there is to say of an option besides its help: for `--help` and the manual alike. Pure. */

import type { Option } from "./option.ts";

/** The option as it is written: `--url-alias URL-PATH FILE-PATH|DIRECTORY-PATH`. */
export function signature(name: string, option: Option): string {
  return [`--${name}`, ...option.metavars].join(" ");
}

/** The default in words, null where there is none worth telling: flags are off, lists are empty. */
export function defaultOf(option: Option): string | null {
  if (option.fallback !== null) return option.fallback;
  if (typeof option.default !== "string" && typeof option.default !== "number") return null;
  if (option.default === 0 && option.zero !== null) return `0 (${option.zero})`;
  return option.unit === null ? `${option.default}` : `${option.default} ${option.unit}`;
}

/** What 0 means, unless the default already says it. */
export function zeroOf(option: Option): string | null {
  return option.default === 0 ? null : option.zero;
}

/** What becomes of an option that has no effect, or null when it works. */
export function withoutEffect({ status, reason }: Option): string | null {
  switch (status) {
    case "built":
      return null;
    case "planned":
      return "accepted, no effect in this version";
    case "ignored":
      return `ignored: ${reason}`;
  }
}
