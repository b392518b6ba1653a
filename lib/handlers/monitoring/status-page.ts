/** The status page for people. */

import { escapeHtml } from "../../http/html.ts";
import type { Report } from "../../metrics/report.ts";

export function statusPage(report: Report): string {
  return `<!DOCTYPE html><pre>${escapeHtml(JSON.stringify(report, null, 2))}</pre>`;
}
