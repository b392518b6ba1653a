import { expect, test } from "bun:test";
import { parseWrkReport } from "../../scripts/bench/wrk-report.ts";

const report = {
  requests: 93304,
  durationUs: 2002764,
  p50Us: 449,
  p99Us: 4272,
  errors: { connect: 0, read: 3, write: 0, timeout: 0, status: 1 },
};

test("the report is found below wrk's own page", () => {
  const page = `Running 2s test @ http://127.0.0.1:1/\n  Requests/sec:  46587.62\n${JSON.stringify(report)}\n`;
  expect(parseWrkReport(page)).toEqual(report);
});

test.each([
  ["nothing", ""],
  ["a refusal", "unable to connect to 127.0.0.1:1 Connection refused\n"],
  ["half a line", '{"requests":93304,"durationUs":2002764,"p50'],
  ["a number that Lua could not make", '{"requests":nan,"durationUs":1,"p50Us":1,"p99Us":1,"errors":{}}'],
  ["no errors field", JSON.stringify({ ...report, errors: undefined })],
  ["a kind of error missing", JSON.stringify({ ...report, errors: { connect: 0, read: 0, write: 0, timeout: 0 } })],
  ["text for a number", JSON.stringify({ ...report, p99Us: "4272" })],
])("%s is an error, not a report of zeros", (_, output) => {
  expect(parseWrkReport(output)).toBeInstanceOf(Error);
});
