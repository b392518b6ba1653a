/** /proc/PID/stat as values (proc(5)). Pure. */

export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** User and system time of the process and of the children it has waited for. */
  readonly cpuTicks: number;
  /** Ticks after boot: with the pid, the name of a process that no later one shares. */
  readonly startedTicks: number;
}

/** Read one line of /proc/PID/stat; null when it is not one. */
export function parseProcStat(line: string): ProcStat | null {
  // The name of the program stands in parentheses and may itself hold spaces and parentheses: the last one closes it.
  const open = line.indexOf(" (");
  const close = line.lastIndexOf(")");
  if (open < 1 || close < open) return null;
  const fields = line.slice(close + 2).split(" ");
  // Numbers as in proc(5), where `state` is field 3.
  const field = (number: number): number => Number(fields[number - 3] ?? Number.NaN);
  const stat: ProcStat = {
    pid: Number(line.slice(0, open)),
    state: fields[0] ?? "",
    parent: field(4),
    session: field(6),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
    startedTicks: field(22),
  };
  const numbers = [stat.pid, stat.parent, stat.session, stat.cpuTicks, stat.startedTicks];
  return numbers.every(Number.isInteger) ? stat : null;
}
