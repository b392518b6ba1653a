/**
 * What a front end counts. Every number is a cell of one array: a request costs some additions (about 0.1 µs with the
 * reading of the clock) and no memory, so that counting needs no option.
 */

import { EMPTY, rangeOf, RANGES, together, type Histogram } from "./histogram.ts";

/** What has been counted so far. */
export interface TrafficCounts {
  /** Responses by the first digit of their status; the first are requests that got none. */
  readonly responses: readonly number[];
  /** Requests by their method: {@link METHODS}, and "other". */
  readonly methods: Readonly<Record<string, number>>;
  /** Responses that were cut: the client saw a reset, or had gone. */
  readonly cut: number;
  /** What was answered because it was no request, or was too slow. They are among the responses. */
  readonly refused: number;
  /** From the head of the request to the last byte of the response. */
  readonly durations: Histogram;
  /** How long requests waited for a thread of the application. */
  readonly waits: Histogram;
  /** Requests that waited for too long. */
  readonly expired: number;
  /** Bytes of bodies. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Connections. */
  readonly accepted: number;
  readonly handshakesFailed: number;
}

const CLASSES = 6;

/** Counted each for itself, the usual ones first. A client can make up any other: these count together. */
const METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] as const;

const KINDS = [...METHODS, "other"];

/** Where each number is in the array. */
const CUT = CLASSES;
const REFUSED = CUT + 1;
const EXPIRED = CUT + 2;
const RECEIVED = CUT + 3;
const SENT = CUT + 4;
const ACCEPTED = CUT + 5;
const HANDSHAKES_FAILED = CUT + 6;
const DURATIONS = CUT + 7;
/** Behind the ranges of a histogram is the sum. */
const DURATIONS_TOTAL = DURATIONS + RANGES;
const WAITS = DURATIONS_TOTAL + 1;
const WAITS_TOTAL = WAITS + RANGES;
const METHOD = WAITS_TOTAL + 1;
const CELLS = METHOD + KINDS.length;

export class Traffic {
  // Counts stay exact up to 2^53.
  #cells = new Float64Array(CELLS);

  /** A request is over. `status` is 0 when there was no response. */
  answered(
    method: string,
    status: number,
    elapsedMs: number,
    receivedBytes: number,
    sentBytes: number,
    whole: boolean,
  ): void {
    const cells = this.#cells;
    cells[METHOD + kindOf(method)]!++;
    cells[digitOf(status)]!++;
    if (!whole) cells[CUT]!++;
    cells[RECEIVED]! += receivedBytes;
    cells[SENT]! += sentBytes;
    cells[DURATIONS + rangeOf(elapsedMs)]!++;
    cells[DURATIONS_TOTAL]! += elapsedMs;
  }

  /** What was no request was answered. */
  refused(status: number, sentBytes: number): void {
    this.#cells[digitOf(status)]!++;
    this.#cells[REFUSED]!++;
    this.#cells[SENT]! += sentBytes;
  }

  /** A request was given to a worker. */
  waited(ms: number): void {
    this.#cells[WAITS + (ms === 0 ? 0 : rangeOf(ms))]!++;
    this.#cells[WAITS_TOTAL]! += ms;
  }

  expired(): void {
    this.#cells[EXPIRED]!++;
  }

  accepted(): void {
    this.#cells[ACCEPTED]!++;
  }

  handshakeFailed(): void {
    this.#cells[HANDSHAKES_FAILED]!++;
  }

  counts(): TrafficCounts {
    const cells = this.#cells;
    const at = (cell: number) => cells[cell] ?? 0;
    const histogram = (first: number): Histogram => ({
      counts: [...cells.subarray(first, first + RANGES)],
      totalMs: at(first + RANGES),
    });
    return {
      responses: [...cells.subarray(0, CLASSES)],
      methods: Object.fromEntries(KINDS.map((name, kind) => [name, at(METHOD + kind)])),
      cut: at(CUT),
      refused: at(REFUSED),
      durations: histogram(DURATIONS),
      waits: histogram(WAITS),
      expired: at(EXPIRED),
      receivedBytes: at(RECEIVED),
      sentBytes: at(SENT),
      accepted: at(ACCEPTED),
      handshakesFailed: at(HANDSHAKES_FAILED),
    };
  }
}

/** Applications may make up a status beyond 599. */
function digitOf(status: number): number {
  return Math.min(CLASSES - 1, (status / 100) | 0);
}

/** The place of a method: the first comparison is the last for most requests. */
function kindOf(method: string): number {
  let kind = 0;
  while (kind < METHODS.length && method !== METHODS[kind]) kind++;
  return kind;
}

export const NO_TRAFFIC: TrafficCounts = {
  responses: Array.from({ length: CLASSES }, () => 0),
  methods: Object.fromEntries(KINDS.map((name) => [name, 0])),
  cut: 0,
  refused: 0,
  durations: EMPTY,
  waits: EMPTY,
  expired: 0,
  receivedBytes: 0,
  sentBytes: 0,
  accepted: 0,
  handshakesFailed: 0,
};

/** The traffic of several front ends. */
export function allTraffic(parts: readonly TrafficCounts[]): TrafficCounts {
  return parts.reduce(
    (one, other) => ({
      responses: one.responses.map((count, digit) => count + (other.responses[digit] ?? 0)),
      methods: Object.fromEntries(KINDS.map((name) => [name, (one.methods[name] ?? 0) + (other.methods[name] ?? 0)])),
      cut: one.cut + other.cut,
      refused: one.refused + other.refused,
      durations: together(one.durations, other.durations),
      waits: together(one.waits, other.waits),
      expired: one.expired + other.expired,
      receivedBytes: one.receivedBytes + other.receivedBytes,
      sentBytes: one.sentBytes + other.sentBytes,
      accepted: one.accepted + other.accepted,
      handshakesFailed: one.handshakesFailed + other.handshakesFailed,
    }),
    NO_TRAFFIC,
  );
}

/** Requests that are over, answered or not. */
export function requestsIn({ responses }: TrafficCounts): number {
  return responses.reduce((sum, count) => sum + count, 0);
}
