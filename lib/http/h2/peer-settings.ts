/** What the client says of itself in SETTINGS (RFC 9113 §6.5.2). Pure. */

import { ErrorCode, LARGEST_WINDOW_BYTES, Setting, USUAL_FRAME_BYTES, type Fault } from "./frames.ts";

/** What there is to do about a SETTINGS frame. */
export interface SettingsUpdate {
  /** Send window of a stream from now on; null when it stays. */
  readonly windowBytes: number | null;
  /** The size of its header table was spoken of, which wants an answer. */
  readonly tableSaid: boolean;
}

const LARGEST_FRAME_BYTES = 2 ** 24 - 1;

/** Frames of the size that everybody takes are sent, so that MAX_FRAME_SIZE changes nothing. */
export function readSettings(payload: Buffer): SettingsUpdate | Fault {
  if (payload.length % 6 !== 0) return { code: ErrorCode.FRAME_SIZE_ERROR, why: "SETTINGS is no list of settings" };
  let windowBytes: number | null = null;
  let tableSaid = false;
  for (let at = 0; at < payload.length; at += 6) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case Setting.HEADER_TABLE_SIZE:
        tableSaid = true;
        break;
      case Setting.ENABLE_PUSH:
        if (value > 1) return wrong("ENABLE_PUSH is neither 0 nor 1");
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > LARGEST_WINDOW_BYTES) {
          return { code: ErrorCode.FLOW_CONTROL_ERROR, why: "INITIAL_WINDOW_SIZE is larger than a window can be" };
        }
        windowBytes = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < USUAL_FRAME_BYTES || value > LARGEST_FRAME_BYTES)
          return wrong("MAX_FRAME_SIZE is out of its range");
        break;
      default:
      // MAX_CONCURRENT_STREAMS is for pushes, which we never make; unknown ones are to be ignored.
    }
  }
  return { windowBytes, tableSaid };
}

function wrong(why: string): Fault {
  return { code: ErrorCode.PROTOCOL_ERROR, why };
}
