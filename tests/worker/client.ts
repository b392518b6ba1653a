/** The other end of a worker, for tests: its supervisor, and as many front ends as a test wants. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { createFrameDecoder } from "../../lib/channel/decoder.ts";
import { BodyFlag, FileFlag, FromWorker, RequestFlag, ResponseFlag, ToWorker } from "../../lib/channel/frames.ts";
import type { FromWorkerMessage, ToWorkerMessage, WorkerConfig } from "../../lib/control/worker.ts";
import { PATIENCE_MS } from "../harness/until.ts";

export const library = join(import.meta.dir, "../../lib/worker");
export const apps = join(import.meta.dir, "../apps");

/** Credit of a response in these tests, small so that it runs out. */
export const CREDIT = 65536;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** What came of one request. */
export interface Answer {
  readonly how: "complete" | "end" | "abort" | "return";
  /** "" when no RESPONSE came. */
  readonly status: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Of an ABORT. */
  readonly reason: string;
  readonly file: { readonly offset: number; readonly length: number; readonly path: string } | undefined;
  readonly frames: readonly Frame[];
}

export interface Asked {
  readonly method?: string;
  readonly body?: Uint8Array | string;
  /** Sent when it is pulled, after `body`. */
  readonly rest?: Uint8Array;
  /** More of the body follows, which the test sends itself. */
  readonly unfinished?: boolean;
  readonly pairs?: Readonly<Record<string, string>>;
  readonly prefetched?: boolean;
  /** "grant" gives credit for all that comes, "hold" gives none. */
  readonly credit?: "grant" | "hold";
  /** What is said to a FILE response. */
  readonly files?: "take" | "refuse" | "wait";
}

/** Something that happens, waited for without polling. */
class Changes {
  #waiting: (() => void)[] = [];

  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async until<T>(what: string, found: () => T | undefined | false): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const value = found();
      if (value !== undefined && value !== false) return value;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${PATIENCE_MS} ms in vain for ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

/** Bytes out, in order, whatever the socket takes at once. */
class Outgoing {
  #unsent: Buffer = Buffer.alloc(0);

  send(socket: Bun.Socket, bytes: Uint8Array): void {
    this.#unsent = Buffer.concat([this.#unsent, bytes]);
    this.flush(socket);
  }

  flush(socket: Bun.Socket): void {
    if (this.#unsent.length > 0) this.#unsent = this.#unsent.subarray(Math.max(0, socket.write(this.#unsent)));
  }
}

export class FrontEnd {
  readonly frames: Frame[] = [];
  closed = false;
  #socket: Bun.Socket | undefined;
  #out = new Outgoing();
  #changes = new Changes();
  #asked = new Map<number, Asked & { given: number }>();
  #nextId = 1;
  #decoder = createFrameDecoder((type, flags, _aux, id, bytes, start, end) => {
    this.#take({ type, flags, id, payload: Buffer.from(bytes.subarray(start, end)) });
  });

  static async connect(path: string): Promise<FrontEnd> {
    const front = new FrontEnd();
    front.#socket = await Bun.connect({
      unix: path,
      socket: {
        data: (_socket, data) => {
          if (!front.#decoder.feed(data)) throw new Error("the worker broke the protocol");
          front.#changes.tell();
        },
        drain: (socket) => front.#out.flush(socket),
        close: () => {
          front.closed = true;
          front.#changes.tell();
        },
      },
    });
    await front.until("HELLO", () => front.frames.find(({ type }) => type === FromWorker.HELLO));
    return front;
  }

  until<T>(what: string, found: () => T | undefined | false): Promise<T> {
    return this.#changes.until(what, found);
  }

  /** Waits for a frame; those of other requests and types may come before. */
  frame(type: number, id: number, count = 1): Promise<Frame> {
    return this.until(
      `frame ${type} of request ${id}`,
      () => this.of(id).filter((frame) => frame.type === type)[count - 1],
    );
  }

  of(id: number): Frame[] {
    return this.frames.filter((frame) => frame.id === id);
  }

  raw(bytes: Uint8Array): void {
    if (this.#socket !== undefined) this.#out.send(this.#socket, bytes);
  }

  send(type: number, flags: number, id: number, payload: Uint8Array = new Uint8Array()): void {
    this.raw(encode({ type, flags, id, payload: Buffer.from(payload) }));
  }

  number(type: number, id: number, value: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(value);
    this.send(type, 0, id, payload);
  }

  /** Sends a request and returns its id. */
  ask(target: string, asked: Asked = {}): number {
    const id = this.#nextId++;
    this.#asked.set(id, { ...asked, given: 0 });
    this.raw(encode(request(id, target, asked)));
    return id;
  }

  /** Sends many requests in one write. */
  askAll(targets: readonly string[], asked: Asked = {}): number[] {
    const ids = targets.map(() => this.#nextId++);
    for (const id of ids) this.#asked.set(id, { ...asked, given: 0 });
    this.raw(Buffer.concat(ids.map((id, index) => encode(request(id, targets[index] ?? "/", asked)))));
    return ids;
  }

  /** Waits for the end of a request. */
  answer(id: number): Promise<Answer> {
    return this.until(`the end of request ${id}`, () => answerOf(this.of(id)));
  }

  fetch(target: string, asked: Asked = {}): Promise<Answer> {
    return this.answer(this.ask(target, asked));
  }

  end(): void {
    this.#socket?.end();
  }

  #take(frame: Frame): void {
    this.frames.push(frame);
    if (frame.type === FromWorker.NUDGE) this.number(ToWorker.GRANT, 0, 0);
    const asked = this.#asked.get(frame.id);
    if (asked === undefined) return;
    const { type, flags, id, payload } = frame;
    if (type === FromWorker.PULL && asked.rest !== undefined) {
      const end = asked.given + payload.readUInt32LE();
      const part = asked.rest.subarray(asked.given, end);
      asked.given = end;
      this.send(ToWorker.BODY, end >= asked.rest.length ? BodyFlag.LAST : 0, id, part);
    } else if (type === FromWorker.RESPONSE && (flags & ResponseFlag.FILE) !== 0) {
      if (asked.files !== "wait") this.send(ToWorker.FILE_TAKEN, asked.files === "refuse" ? 0 : FileFlag.OK, id);
    } else if (asked.credit !== "hold" && (type === FromWorker.CHUNK || type === FromWorker.RESPONSE)) {
      const bytes = type === FromWorker.CHUNK ? payload.length : payload.length - 4 - payload.readUInt32LE();
      if ((flags & ResponseFlag.COMPLETE) === 0 && bytes > 0) this.number(ToWorker.GRANT, id, bytes);
    }
  }
}

export function encode({ type, flags, id, payload }: Frame): Buffer {
  const frame = Buffer.alloc(12 + payload.length);
  frame.writeUInt32LE(payload.length);
  frame[4] = type;
  frame[5] = flags;
  frame.writeUInt32LE(id, 8);
  payload.copy(frame, 12);
  return frame;
}

function request(id: number, target: string, asked: Asked): Frame {
  const [path = "", query = ""] = target.split("?", 2);
  const pairs = {
    REQUEST_METHOD: asked.method ?? "GET",
    SCRIPT_NAME: "",
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_URI: target,
    SERVER_NAME: "localhost",
    SERVER_PORT: "8000",
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "192.0.2.7",
    REMOTE_PORT: "4711",
    ...asked.pairs,
  };
  const environ = Buffer.from(Object.entries(pairs).flat().join("\0"), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(environ.length);
  const complete = asked.rest === undefined && asked.unfinished !== true ? RequestFlag.BODY_COMPLETE : 0;
  const flags = complete | (asked.prefetched === true ? RequestFlag.PREFETCHED : 0);
  const body = Buffer.from(asked.body ?? "");
  return { type: ToWorker.REQUEST, flags, id, payload: Buffer.concat([length, environ, body]) };
}

const endings: Readonly<Record<number, Answer["how"]>> = {
  [FromWorker.END]: "end",
  [FromWorker.ABORT]: "abort",
  [FromWorker.RETURN]: "return",
};

function answerOf(frames: readonly Frame[]): Answer | undefined {
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  const carriesBody = last.type === FromWorker.RESPONSE || last.type === FromWorker.CHUNK;
  const complete = carriesBody && (last.flags & ResponseFlag.COMPLETE) !== 0;
  const how = complete ? "complete" : endings[last.type];
  if (how === undefined) return undefined;
  const response = frames.find(({ type }) => type === FromWorker.RESPONSE);
  const chunks = frames.filter(({ type }) => type === FromWorker.CHUNK).map(({ payload }) => payload);
  const headEnd = response === undefined ? 0 : 4 + response.payload.readUInt32LE();
  const [status = "", ...rest] = (response?.payload.toString("latin1", 4, headEnd) ?? "").split("\0");
  const fields: [string, string][] = [];
  for (let at = 0; at + 1 < rest.length; at += 2) fields.push([rest[at] ?? "", rest[at + 1] ?? ""]);
  const first = response?.payload.subarray(headEnd) ?? Buffer.alloc(0);
  const isFile = response !== undefined && (response.flags & ResponseFlag.FILE) !== 0;
  return {
    how,
    status,
    fields,
    body: Buffer.concat(isFile ? chunks : [first, ...chunks]),
    reason: last.type === FromWorker.ABORT ? last.payload.toString() : "",
    file: isFile
      ? {
          offset: Number(first.readBigUInt64LE(0)),
          length: Number(first.readBigUInt64LE(8)),
          path: first.toString("latin1", 16),
        }
      : undefined,
    frames,
  };
}

export interface WorkerSetUp {
  readonly python: string;
  /** A file in tests/apps, or an absolute path. */
  readonly app?: string;
  readonly config?: Partial<WorkerConfig>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What every worker says at its start. */
const INTRODUCTION =
  /\): (?:Python home |Initializing Python|Attach interpreter|Imported 'mod_wsgi'|Loading Python script)/;

export class TestWorker implements AsyncDisposable {
  readonly messages: FromWorkerMessage[] = [];
  readonly folder: string;
  readonly socket: string;
  #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  #control: Bun.Socket | undefined;
  #out = new Outgoing();
  #changes = new Changes();
  #text = "";
  #exited = false;

  private constructor(folder: string, process: Bun.Subprocess<"ignore", "pipe", "pipe">) {
    this.folder = folder;
    this.socket = join(folder, "socket");
    this.#process = process;
    void process.exited.then(() => {
      this.#exited = true;
      this.#changes.tell();
    });
  }

  /** Starts a worker and waits until it is ready. */
  static async start(setUp: WorkerSetUp): Promise<TestWorker> {
    const worker = await TestWorker.launch(setUp);
    await worker.message("ready");
    return worker;
  }

  /** Starts a worker. */
  static async launch({ python, app = "hello.py", config, environment }: WorkerSetUp): Promise<TestWorker> {
    const folder = mkdtempSync(join(tmpdir(), "malt-worker-"));
    const child = Bun.spawn([python, library], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1", ...environment },
    });
    const worker = new TestWorker(folder, child as Bun.Subprocess<"ignore", "pipe", "pipe">);
    const options: Bun.FdSocketOptions = {
      fd: Number(child.stdio[3]),
      socket: {
        data: (_socket, data) => worker.#hear(data),
        drain: (socket) => worker.#out.flush(socket),
        close: () => worker.#changes.tell(),
      },
    };
    // Bun.connect takes a descriptor, which its types know only as an argument of nothing.
    worker.#control = await Bun.connect(options as unknown as Bun.UnixSocketOptions);
    worker.send({
      kind: "configure",
      id: 1,
      title: "(wsgi:localhost:8000:1)",
      socket: worker.socket,
      backlog: 10,
      sendBufferBytes: 0,
      receiveBufferBytes: 0,
      threads: 5,
      application: {
        type: "script",
        entryPoint: isAbsolute(app) ? app : join(apps, app),
        callableObject: "application",
      },
      responseBufferBytes: CREDIT,
      headerBufferBytes: 32768,
      workingDirectory: apps,
      pythonPath: [],
      processEnvironment: {},
      environ: { SERVER_SOFTWARE: "Malt", DOCUMENT_ROOT: "/srv" },
      multithread: true,
      multiprocess: false,
      runOnce: false,
      processGroup: "localhost:8000",
      reloading: true,
      reloadOnChanges: false,
      embedded: false,
      maximumProcesses: 1,
      shutdownTimeoutMs: 5000,
      maximumRequests: 0,
      ignoresActivity: false,
      orphanInterpreter: false,
      verboseDebugging: false,
      serverMetrics: false,
      slowRequestMs: 0,
      debugging: null,
      loggedVariables: [],
      ...config,
    });
    return worker;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get exited(): Promise<number> {
    return this.#process.exited;
  }

  /** What was written past Python's streams. */
  stderr(): Promise<string> {
    return new Response(this.#process.stderr).text();
  }

  send(message: ToWorkerMessage): void {
    if (this.#control !== undefined) this.#out.send(this.#control, Buffer.from(`${JSON.stringify(message)}\n`));
  }

  /** As if the supervisor had died. */
  abandon(): void {
    this.#control?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  until<T>(what: string, found: () => T | undefined | false): Promise<T> {
    return this.#changes.until(what, () => {
      const value = found();
      if (value === undefined && this.#exited && what !== "exit") {
        throw new Error(`the worker ended before ${what}; it said:\n${this.log().join("\n")}`);
      }
      return value;
    });
  }

  message<Kind extends FromWorkerMessage["kind"]>(kind: Kind): Promise<Extract<FromWorkerMessage, { kind: Kind }>> {
    type Wanted = Extract<FromWorkerMessage, { kind: Kind }>;
    return this.until(kind, () => this.messages.find((message): message is Wanted => message.kind === kind));
  }

  records(): Extract<FromWorkerMessage, { kind: "log" }>[] {
    return this.messages.filter((message) => message.kind === "log").filter(({ text }) => !INTRODUCTION.test(text));
  }

  /** The texts of the log so far. */
  log(): string[] {
    return this.records().map(({ text }) => text);
  }

  /** Waits for a line of the log that contains `text`. */
  logged(text: string, count = 1): Promise<string> {
    return this.until(`"${text}" in the log`, () => this.log().filter((line) => line.includes(text))[count - 1]);
  }

  connect(): Promise<FrontEnd> {
    return FrontEnd.connect(this.socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    this.#control?.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #hear(data: Buffer): void {
    // One object a line; in ASCII, as Python's json writes it.
    const lines = (this.#text + data.toString("latin1")).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) this.messages.push(JSON.parse(line) as FromWorkerMessage);
    this.#changes.tell();
  }
}
