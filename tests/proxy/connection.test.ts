import { expect, test } from "bun:test";
import { UpstreamConnection, type UpstreamUser } from "../../lib/handlers/proxy/connection.ts";
import type { Transport } from "../../lib/http/transport.ts";

const RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

interface Wire {
  readonly connection: UpstreamConnection;
  readonly socket: { paused: boolean; state: "open" | "half" | "closed" | "reset" };
  /** What became of the connection, as its keeper was told. */
  readonly kept: string[];
  /** What its user was told. */
  readonly told: string[];
}

/** A connection on a socket made of memory, with a request on it; `user` does what it is told on top. */
function wire(user: (connection: UpstreamConnection) => Partial<UpstreamUser> = () => ({})): Wire {
  const socket: Wire["socket"] = { paused: false, state: "open" };
  const kept: string[] = [];
  const told: string[] = [];
  const connection = new UpstreamConnection("up", {
    idle: () => void kept.push("idle"),
    over: () => void kept.push("over"),
  });
  const transport: Transport = {
    write: (data, offset = 0, length = data.length - offset) => length,
    end: () => void (socket.state = "closed"),
    shutdown: () => void (socket.state = "half"),
    terminate: () => void (socket.state = "reset"),
    pause: () => void (socket.paused = true),
    resume: () => void (socket.paused = false),
  };
  connection.opened(transport, true);
  connection.begin({
    connected: () => connection.request("GET", "GET / HTTP/1.1\r\n\r\n", null),
    drained: () => undefined,
    settled: () => undefined,
    interim: () => undefined,
    responded: ({ status }) => void told.push(`${status}`),
    bodyReceived: (bytes) => void told.push(bytes.toString()),
    completed: () => void told.push("completed"),
    lost: (why, status, untouched) => void told.push(`lost ${status}${untouched ? " untouched" : ""}: ${why}`),
    ...user(connection),
  });
  return { connection, socket, kept, told };
}

const releasing = (connection: UpstreamConnection): Partial<UpstreamUser> => ({
  completed: () => connection.release(),
});

test("is kept when the response is complete, and read from again if it was paused", () => {
  const { connection, socket, kept } = wire((held) => ({ ...releasing(held), bodyReceived: () => held.pause() }));
  connection.receive(Buffer.from(RESPONSE));
  expect(kept).toEqual(["idle"]);
  expect(socket).toEqual({ paused: false, state: "open" });
});

test.each([
  ["bytes behind the response", `${RESPONSE}x`],
  ["Connection: close", RESPONSE.replace("Content", "Connection: close\r\nContent")],
])("is not kept after %s", (_name, bytes) => {
  const { connection, socket, kept } = wire(releasing);
  connection.receive(Buffer.from(bytes));
  expect(kept).toEqual(["over"]);
  expect(socket.state).toBe("closed");
});

test("is dropped when it says something or closes while nobody uses it", () => {
  for (const [act, state] of [
    [(idle: UpstreamConnection) => idle.receive(Buffer.from(RESPONSE)), "reset"],
    [(idle: UpstreamConnection) => idle.ended(), "closed"],
  ] as const) {
    const { connection, socket, kept } = wire(releasing);
    connection.receive(Buffer.from(RESPONSE));
    act(connection);
    expect(kept).toEqual(["idle", "over"]);
    expect(socket.state).toBe(state);
  }
});

test("tells whether a request may have been lost before it arrived", () => {
  const fresh = wire();
  fresh.connection.ended();
  expect(fresh.told).toEqual(["lost 502: the response is not whole: the connection was closed without one"]);

  const again = wire(releasing);
  again.connection.receive(Buffer.from(RESPONSE));
  const told: string[] = [];
  again.connection.begin({
    ...({} as UpstreamUser),
    connected: () => again.connection.request("GET", "", null),
    lost: (_why, status, untouched) => void told.push(`${status} ${untouched}`),
  });
  again.connection.closed(true);
  expect(told).toEqual(["502 true"]);
});

test("that was given up before it was there is dropped when it comes", () => {
  const { socket, connection } = wire();
  connection.abort();
  expect(socket.state).toBe("reset");
  const late = new UpstreamConnection("up", { idle: () => undefined, over: () => undefined });
  late.abort();
  let state = "open";
  late.opened({ terminate: () => void (state = "reset") } as Transport, true);
  expect(state).toBe("reset");
});
