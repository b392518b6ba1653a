/** The error page for what was refused before there was an exchange. */

import { responseHead } from "../response-head.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { USUAL_FRAME_BYTES } from "./frames.ts";
import type { Share } from "./outflow.ts";
import { responseBlock } from "./response-block.ts";

/** Sends it at once: what the windows don't allow at this moment is left out, because nobody will come back to it. */
export function sendPage(
  streamId: number,
  status: number,
  page: Buffer,
  window: number,
  share: Share,
  writer: FrameWriter,
): void {
  const fits = page.length <= Math.min(window, share.window, USUAL_FRAME_BYTES);
  const head = responseHead(status, [["Content-Type", "text/html; charset=utf-8"]]);
  writer.headers(streamId, responseBlock(head, fits ? page.length : 0), !fits);
  if (!fits) return;
  share.window -= page.length;
  writer.data(streamId, page, 0, page.length, true);
}
