/**
 * The wire format between a front end and a worker: pure bytes, mirrored by worker/_malt/frames.py.
 *
 * A frame is a 12-byte little-endian header and a payload:
 *
 *     u32 payload length | u8 type | u8 flags | u16 aux | u32 request id
 *
 * Both sides speak over one stream socket per (front end, worker). Text is latin-1, so that bytes from clients and
 * applications pass unchanged.
 */

export const HEADER_BYTES = 12;

/** Largest payload either side may send; a longer one is a broken peer and ends the connection. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Front end → worker. */
export const ToWorker = {
  /**
   * Payload: u32 environ length, environ as NUL-separated name\0value\0name\0value, then the inline body. With aux > 0
   * these pairs are added to those that DEFINE has put into slot aux.
   */
  REQUEST: 1,
  /** The next bytes of a pulled body. */
  BODY: 2,
  /** aux unused; payload u32: so many more response bytes may be sent. */
  GRANT: 3,
  /** The client has gone; nothing of the response is wanted any more. No payload. */
  CANCEL: 4,
  /** The file of a FILE response was opened (flag OK): the worker may close its own. Without OK: send the bytes yourself. */
  FILE_TAKEN: 5,
  /** id 0. No request follows; RETURN what has not started, finish the rest, then say DRAINED. */
  DRAIN: 6,
  /**
   * id 0. Payload: pairs as in a REQUEST, kept in slot aux (1 to the `slots` of HELLO) until it is defined anew: what
   * the requests of one client connection have in common is sent and parsed once.
   */
  DEFINE: 7,
} as const;

/** Worker → front end. */
export const FromWorker = {
  /**
   * id 0, once, first. Payload: JSON {"version":1,"pid":number,"threads":number,"slots":number,"started":path}. The file
   * tells which requests were started, see handlers/wsgi/started.ts; it may be left out.
   */
  HELLO: 16,
  /** Payload: u32 head length, head as "200 OK\0Name\0value\0…", then the first body bytes, or with FILE the file. */
  RESPONSE: 17,
  /** More body bytes. */
  CHUNK: 18,
  /** The response is complete. No payload. */
  END: 19,
  /** The application failed: 500 when no head was sent yet, else the client is reset. Payload: reason, for the log. */
  ABORT: 20,
  /** Payload u32: up to so many bytes of the request body are wanted. The first one is what sends "100 Continue". */
  PULL: 21,
  /** This request was not started and never will be by this worker: dispatch it elsewhere, see {@link ReturnFlag}. */
  RETURN: 22,
  /** id 0. Answer to DRAIN: nothing is in hand any more. */
  DRAINED: 23,
  /** id 0. Another front end has connected, while this one's frames were waited for: answer with any, to end the wait. */
  NUDGE: 24,
} as const;

/** Flags of a REQUEST. */
export const RequestFlag = {
  /** The inline body is all there is (also when it is empty); without it the rest is pulled. */
  BODY_COMPLETE: 1,
  /** Sent ahead while every thread is busy: may be RETURNed if no thread becomes free. */
  PREFETCHED: 2,
} as const;

/** Flags of a BODY. */
export const BodyFlag = {
  LAST: 1,
  /** The body will not arrive (client gone, timeout, bad framing): payload is the reason. Reading raises OSError. */
  FAILED: 2,
} as const;

/** Flags of a FILE_TAKEN. */
export const FileFlag = { OK: 1 } as const;

/** Flags of a RESPONSE or CHUNK. */
export const ResponseFlag = {
  /** Nothing follows: this frame is its own END. */
  COMPLETE: 1,
  /** RESPONSE only: after the head come u64 offset, u64 length and the path of an open file, /proc/PID/fd/N. */
  FILE: 2,
} as const;

/** Flags of a RETURN. */
export const ReturnFlag = {
  /** Nor will any other request: the worker is about to go and wants a DRAIN. With id 0 that is all it says. */
  LEAVING: 1,
  /** It leaves because the file of the application has changed; the request is for the new code. */
  RESTART: 2,
} as const;

export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly aux: number;
  readonly id: number;
}
