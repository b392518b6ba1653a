/** What loads a server and says what came of it. */

/** Percentiles are null where the program doesn't tell them. */
export interface LoadReport {
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly errors: LoadErrors;
}

/** `status` are answers of 400 and above; `timeout` are answers that came too late for the histogram. */
export interface LoadErrors {
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly timeout: number;
  readonly status: number;
}

export const errorKinds = ["connect", "read", "write", "timeout", "status"] as const satisfies (keyof LoadErrors)[];

/** Loads `url` for `seconds`. An `Error` when it could not connect, or did not end in time. */
export type Load = (url: string, seconds: number) => Promise<LoadReport | Error>;
