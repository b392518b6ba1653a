import { expect, test } from "bun:test";
import { parseH2loadReport } from "../../scripts/bench/h2load.ts";

const report = (protocol: string) => `Application protocol: ${protocol}
progress: 100% of clients started

finished in 3.00s, 34201.67 req/s, 5.61MB/s
requests: 102605 total, 102733 started, 102605 done, 102600 succeeded, 5 failed, 3 errored, 1 timeout
status codes: 102600 2xx, 0 3xx, 2 4xx, 3 5xx
traffic: 16.83MB (17646860) total
`;

test("the requests that succeeded count, over the time that was asked for, and each kind of error is told", () => {
  expect(parseH2loadReport(report("h2"), 3)).toEqual({
    requests: 102_600,
    durationUs: 3_000_000,
    p50Us: null,
    p99Us: null,
    errors: { connect: 0, read: 3, write: 0, timeout: 1, status: 5 },
  });
});

test("a run that was no HTTP/2, or broke off, is no report", () => {
  expect(parseH2loadReport(report("http/1.1"), 3)).toBeNull();
  expect(parseH2loadReport("starting benchmark...", 3)).toBeNull();
});
