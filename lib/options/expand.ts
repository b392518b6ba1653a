/** `$VAR` and `${VAR}` in the words of the command line, as Python's `os.path.expandvars` reads them. Pure. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** `word` with every variable that is set replaced; one that is not set stays as written. Values are not read again. */
export function expandVariables(word: string, environment: Environment): string {
  return word.replace(/\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/g, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? "";
    return Object.hasOwn(environment, name) ? (environment[name] ?? whole) : whole;
  });
}
