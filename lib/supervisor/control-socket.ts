/**
 * The socket in the server root that `malt status`, `malt stacks` and `malt top` ask: a line of JSON each way. Only the user of
 * the supervisor can connect.
 */

import { rmSync } from "node:fs";
import type { Server } from "../settings/settings.ts";
import { codeOf } from "../os/errors.ts";
import type { Journal } from "./journal.ts";
import type { Reporter } from "./reporter.ts";
import { controlSocketIn } from "./root-files.ts";

/** `struct sockaddr_un` has room for 108 bytes, the last of them zero. */
const LONGEST_PATH_BYTES = 107;

/** A question is a word or two. */
const LONGEST_QUESTION_BYTES = 1024;

/** What may be asked. */
export interface Question {
  readonly ask: "report" | "stacks";
}

interface Client {
  asked: string;
  /** What couldn't be sent yet; null before there is an answer. */
  unsent: Buffer | null;
}

/** Answers until it is disposed of. A socket that can't be made costs these commands only, and is told in the log. */
export function openControlSocket({ root }: Server, reporter: Reporter, journal: Journal): Disposable {
  const path = controlSocketIn(root);
  const fail = (why: string) =>
    void journal.write("core", "warn", `malt status, stacks and top won't work: ${path}: ${why}`);
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) {
    fail(`the path of a socket may have ${LONGEST_PATH_BYTES} bytes; a shorter --server-root helps`);
    return { [Symbol.dispose]: () => undefined };
  }
  // One that is there was left by a server that is gone: this one has locked the folder.
  rmSync(path, { force: true });
  const umask = process.umask(0o177);
  try {
    const listener = Bun.listen<Client>({ unix: path, socket: conversation(reporter) });
    return {
      [Symbol.dispose]() {
        listener.stop(true);
        rmSync(path, { force: true });
      },
    };
  } catch (error) {
    fail(codeOf(error));
    return { [Symbol.dispose]: () => undefined };
  } finally {
    process.umask(umask);
  }
}

function conversation(reporter: Reporter): Bun.SocketHandler<Client> {
  const flush = (socket: Bun.Socket<Client>): void => {
    const { unsent } = socket.data;
    if (unsent === null) return;
    const left = unsent.subarray(Math.max(0, socket.write(unsent)));
    socket.data.unsent = left;
    if (left.length === 0) socket.end();
  };
  return {
    open(socket) {
      socket.data = { asked: "", unsent: null };
    },
    data(socket, chunk) {
      const client = socket.data;
      if (client.asked.endsWith("\n")) return;
      client.asked += chunk.toString("latin1");
      const question = client.asked.endsWith("\n") ? questionIn(client.asked) : undefined;
      if (question !== undefined) {
        void reporter.report(question.ask === "stacks").then((report) => {
          client.unsent = Buffer.from(`${JSON.stringify(report)}\n`);
          flush(socket);
        });
      } else if (client.asked.endsWith("\n") || client.asked.length > LONGEST_QUESTION_BYTES) {
        socket.terminate();
      }
    },
    drain: flush,
  };
}

function questionIn(line: string): Question | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const ask = typeof value === "object" && value !== null && "ask" in value ? value.ask : undefined;
    return ask === "report" || ask === "stacks" ? { ask } : undefined;
  } catch {
    return undefined;
  }
}
