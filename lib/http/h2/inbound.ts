/** What a client sends, frame by frame: checked (RFC 9113 §6) and carried out. */

import type { Field, Peer } from "../exchange.ts";
import type { ConnectionContext } from "../context.ts";
import { MAX_HEAD_BYTES } from "../syntax.ts";
import type { Exchanges } from "./exchanges.ts";
import { Flood, FREE_WINDOW_UPDATES, GIVEN_UP_STREAMS, IDLE_FRAMES, WINDOW_UPDATES_PER_FRAME } from "./floods.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { ErrorCode, Flag, frame, FrameType, SETTINGS_ACK, type Fault } from "./frames.ts";
import { HeaderSequence, headersPayload, withoutPadding } from "./header-sequence.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import { readSettings } from "./peer-settings.ts";
import { RequestReader, trailerFault } from "./request.ts";
import { MAX_STREAMS } from "./streams.ts";

/** What HEADERS said, its block complete. */
interface Headers {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly dependsOn: number;
  readonly block: Buffer;
}

export class Inbound {
  /** A header block that is not complete: nothing else may come before it is. */
  sequence: HeaderSequence | null = null;
  /** Nothing new is taken. */
  refusing = false;
  /** The client has said that it begins nothing new. */
  clientLeaves = false;
  #context: ConnectionContext;
  #peer: Peer;
  #writer: FrameWriter;
  #exchanges: Exchanges;
  #decoder = new HpackDecoder(MAX_HEAD_BYTES);
  #requests: RequestReader;
  #settingsSeen = false;
  #idleFrames: Flood;
  #givenUp: Flood;
  #windowUpdates = 0;
  /** State of the decoder for which the last block means the same again. */
  #blockChanges = -1;

  constructor(context: ConnectionContext, peer: Peer, writer: FrameWriter, exchanges: Exchanges) {
    this.#context = context;
    this.#peer = peer;
    this.#writer = writer;
    this.#exchanges = exchanges;
    this.#requests = new RequestReader(peer);
    this.#idleFrames = new Flood(IDLE_FRAMES, context.clock.nowMs);
    this.#givenUp = new Flood(GIVEN_UP_STREAMS, context.clock.nowMs);
  }

  frame(type: number, flags: number, id: number, payload: Buffer): Fault | null {
    if (!this.#settingsSeen && type !== FrameType.SETTINGS) return protocol("the first frame is not SETTINGS");
    if (this.sequence !== null && type !== FrameType.CONTINUATION) return protocol("a header block was interrupted");
    switch (type) {
      case FrameType.DATA:
        return this.#data(flags, id, payload);
      case FrameType.HEADERS:
        return this.#headers(flags, id, payload);
      case FrameType.PRIORITY:
        return this.#priority(id, payload);
      case FrameType.RST_STREAM:
        return this.#reset(id, payload);
      case FrameType.SETTINGS:
        return this.#settings(flags, id, payload);
      case FrameType.PUSH_PROMISE:
        return protocol("a client can't push");
      case FrameType.PING:
        return this.#ping(flags, id, payload);
      case FrameType.GOAWAY:
        return this.#goAway(id, payload);
      case FrameType.WINDOW_UPDATE:
        return this.#windowUpdate(id, payload);
      case FrameType.CONTINUATION:
        return this.#continuation(flags, id, payload);
      default:
        return this.#countIdle();
    }
  }

  #data(flags: number, id: number, payload: Buffer): Fault | null {
    if (id === 0 || this.#exchanges.streams.isIdle(id))
      return protocol("there is DATA for a stream that has not begun");
    const content = withoutPadding(flags, payload);
    if (content === null) return protocol("the padding is longer than its frame");
    const last = (flags & Flag.END_STREAM) !== 0;
    const fault = this.#exchanges.data(id, payload, content, last);
    return fault ?? (content.length === 0 && !last ? this.#countIdle() : null);
  }

  #headers(flags: number, id: number, payload: Buffer): Fault | null {
    if ((id & 1) === 0) return protocol("there are HEADERS for a stream that no client can begin");
    const parsed = headersPayload(flags, payload);
    if (parsed === null) return protocol("HEADERS has a padding or priority that is longer than its frame");
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) === 0) {
      this.sequence = new HeaderSequence(id, endStream, parsed, this.#context.clock.nowMs);
      return null;
    }
    return this.#block({ streamId: id, endStream, dependsOn: parsed.dependsOn, block: parsed.fragment });
  }

  #continuation(flags: number, id: number, payload: Buffer): Fault | null {
    const { sequence } = this;
    if (sequence === null || sequence.streamId !== id) return protocol("there is a CONTINUATION of nothing");
    const fault = sequence.add(payload);
    if (fault !== null) return fault;
    if ((flags & Flag.END_HEADERS) === 0) return null;
    this.sequence = null;
    return this.#block(sequence);
  }

  #block(headers: Headers): Fault | null {
    const { streams } = this.#exchanges;
    if (headers.streamId > streams.last) return this.#open(headers);
    const exchange = streams.get(headers.streamId);
    const ending = streams.endingOf(headers.streamId);
    if (exchange === undefined && ending === undefined) return protocol("the numbers of the streams don't grow");
    if (ending === "done") return { code: ErrorCode.STREAM_CLOSED, why: "there are HEADERS for a stream that is over" };
    const fields = this.#decode(headers.block);
    if ("code" in fields) return fields;
    if (exchange === undefined) return null;
    if (exchange.body === null || exchange.body.complete)
      return this.#resetStream(headers.streamId, ErrorCode.STREAM_CLOSED);
    const wrong = headers.endStream ? trailerFault(fields) : "there are HEADERS in the middle of a body";
    if (wrong !== "") return this.#malformed(headers.streamId, wrong);
    exchange.trailers = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return this.#exchanges.data(headers.streamId, NOTHING, NOTHING, true);
  }

  #open({ streamId, endStream, dependsOn, block }: Headers): Fault | null {
    const { streams } = this.#exchanges;
    streams.last = streamId;
    const crowded = streams.size >= MAX_STREAMS;
    const nowUs = this.#context.nowUs();
    const text = block.latin1Slice();
    let request = this.#blockChanges === this.#decoder.changes ? this.#requests.again(text, nowUs) : null;
    if (request === null) {
      const before = this.#decoder.changes;
      const fields = this.#decode(block);
      if ("code" in fields) return fields;
      if (dependsOn === streamId) return this.#malformed(streamId, "a stream depends on itself");
      this.#blockChanges = this.#decoder.changes;
      const read = this.#requests.read(fields, before === this.#blockChanges ? text : "", block.length, nowUs);
      if ("malformed" in read) return this.#malformed(streamId, read.malformed);
      if ("refusal" in read) {
        this.#exchanges.refuse(streamId, read.refusal, read.line, endStream);
        return null;
      }
      request = read;
    }
    if (endStream && request.contentLength > 0) return this.#malformed(streamId, "the announced body is missing");
    if (this.refusing || crowded) return this.#resetStream(streamId, ErrorCode.REFUSED_STREAM);
    this.#exchanges.begin(streamId, request, endStream);
    return null;
  }

  #decode(block: Buffer): Field[] | Fault {
    const fields = this.#decoder.decode(block);
    if (fields === "malformed") return { code: ErrorCode.COMPRESSION_ERROR, why: "a header block can't be decoded" };
    if (fields === "too large")
      return { code: ErrorCode.ENHANCE_YOUR_CALM, why: "a request head is larger than 256 KiB" };
    return fields;
  }

  #priority(id: number, payload: Buffer): Fault | null {
    if (id === 0) return protocol("PRIORITY is for no stream");
    if (payload.length !== 5) return frameSize("PRIORITY");
    // RFC 9113 §5.3.2: what it says is not used any more.
    if ((payload.readUInt32BE(0) & 0x7fffffff) === id) return protocol("a stream depends on itself");
    return this.#countIdle();
  }

  #reset(id: number, payload: Buffer): Fault | null {
    if (payload.length !== 4) return frameSize("RST_STREAM");
    if (id === 0 || this.#exchanges.streams.isIdle(id)) return protocol("a stream is reset that has not begun");
    const exchange = this.#exchanges.streams.get(id);
    if (exchange === undefined) return null;
    this.#exchanges.dropped(exchange);
    return this.#countGivenUp();
  }

  #settings(flags: number, id: number, payload: Buffer): Fault | null {
    if (id !== 0) return protocol("SETTINGS is for a stream");
    if ((flags & Flag.ACK) !== 0) return payload.length > 0 ? frameSize("SETTINGS") : this.#countIdle();
    const update = readSettings(payload);
    if ("code" in update) return update;
    this.#settingsSeen = true;
    this.#writer.frames(SETTINGS_ACK);
    if (update.tableSaid) this.#writer.tableSaid();
    if (update.windowBytes !== null && !this.#exchanges.resize(update.windowBytes)) {
      return { code: ErrorCode.FLOW_CONTROL_ERROR, why: "SETTINGS make a window larger than one can be" };
    }
    return this.#countIdle();
  }

  #ping(flags: number, id: number, payload: Buffer): Fault | null {
    if (id !== 0) return protocol("PING is for a stream");
    if (payload.length !== 8) return frameSize("PING");
    if ((flags & Flag.ACK) === 0) this.#writer.frames(frame(FrameType.PING, Flag.ACK, 0, payload));
    return this.#countIdle();
  }

  #goAway(id: number, payload: Buffer): Fault | null {
    if (id !== 0) return protocol("GOAWAY is for a stream");
    if (payload.length < 8) return frameSize("GOAWAY");
    this.clientLeaves = true;
    return null;
  }

  #windowUpdate(id: number, payload: Buffer): Fault | null {
    if (payload.length !== 4) return frameSize("WINDOW_UPDATE");
    const justified = FREE_WINDOW_UPDATES + WINDOW_UPDATES_PER_FRAME * this.#writer.responseFrames;
    if (++this.#windowUpdates > justified) return flood("window updates");
    const increment = payload.readUInt32BE(0) & 0x7fffffff;
    if (id === 0) {
      if (increment === 0) return protocol("WINDOW_UPDATE allows nothing");
      return this.#exchanges.scheduler.grow(increment)
        ? null
        : { code: ErrorCode.FLOW_CONTROL_ERROR, why: "the window of the connection is larger than one can be" };
    }
    if (this.#exchanges.streams.isIdle(id)) return protocol("there is a WINDOW_UPDATE for a stream that has not begun");
    const exchange = this.#exchanges.streams.get(id);
    if (exchange === undefined) return null;
    if (increment === 0) return this.#malformed(id, "WINDOW_UPDATE allows nothing");
    return this.#exchanges.grow(exchange, increment) ? null : this.#resetStream(id, ErrorCode.FLOW_CONTROL_ERROR);
  }

  /** RFC 9113 §8.1.1: a stream error. */
  #malformed(id: number, why: string): Fault | null {
    this.#context.faulted(this.#peer, why);
    return this.#resetStream(id, ErrorCode.PROTOCOL_ERROR);
  }

  #resetStream(id: number, code: number): Fault | null {
    const exchange = this.#exchanges.streams.get(id);
    if (exchange === undefined) this.#exchanges.reset(id, code);
    else this.#exchanges.abort(exchange, code);
    return this.#countGivenUp();
  }

  #countIdle(): Fault | null {
    return this.#idleFrames.exceeded(this.#context.clock.nowMs) ? flood("frames that carry nothing") : null;
  }

  #countGivenUp(): Fault | null {
    return this.#givenUp.exceeded(this.#context.clock.nowMs) ? flood("streams that are given up") : null;
  }
}

const NOTHING = Buffer.alloc(0);

function protocol(why: string): Fault {
  return { code: ErrorCode.PROTOCOL_ERROR, why };
}

function frameSize(name: string): Fault {
  return { code: ErrorCode.FRAME_SIZE_ERROR, why: `${name} has the wrong size` };
}

function flood(of: string): Fault {
  return { code: ErrorCode.ENHANCE_YOUR_CALM, why: `there are too many ${of}` };
}
