/** Which locale the application gets. Pure. */

/** Tried in this order in place of a locale that cannot even encode UTF-8. */
const BETTER = ["en_US.UTF-8", "C.UTF-8"];

/**
 * `wanted` is what the options ask for, `environment` what LC_ALL, LC_CTYPE and LANG say, `available` the locales of the
 * system among en_US.UTF-8 and C.UTF-8.
 */
export function localeOf(
  wanted: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  available: readonly string[],
): string {
  const inherited = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "C";
  const locale = wanted ?? inherited;
  if (!["C", "POSIX"].includes(locale.toUpperCase())) return locale;
  return BETTER.find((name) => available.includes(name)) ?? locale;
}
