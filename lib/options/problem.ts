/** What keeps the server from starting, and how it is told. Pure. */

/** Given values that cannot go together (exit 2), or a machine that lacks something (exit 1). */
export interface Problem {
  readonly exit: 1 | 2;
  readonly what: string;
  /** Where each thing came from: an option or a variable, and what it said. */
  readonly from: readonly (readonly [label: string, value: string])[];
  readonly advice: string;
}

/** The message for the operator: several lines, newline at the end. */
export function describeProblem(program: string, problem: Problem): string {
  const width = Math.max(0, ...problem.from.map(([label]) => label.length));
  const from = problem.from.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`.trimEnd());
  return [`${program}: error: ${problem.what}`, ...from, `  ${problem.advice}`, ""].join("\n");
}
