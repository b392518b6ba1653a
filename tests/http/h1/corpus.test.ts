/** Every message of the corpus, in memory: it comes to what its entry says, however its bytes are cut. */

import { describe, expect, test } from "bun:test";
import { random } from "../../support/random.ts";
import { facts } from "./corpus/converse.ts";
import { corpus, probe } from "./corpus/corpus.ts";
import type { Entry } from "./corpus/entry.ts";
import { bytewise, play, whole, type Cut, type Played } from "./corpus/play.ts";

const entries = Object.values(corpus).flat();
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** Byte by byte, larger ones take longer than they are worth: time grows with the square of a head. */
const MOST_SINGLE_BYTES = 20_000;

/** Holds what came of an entry with the probe behind it against what must come of it. */
function check({ requests, after }: Entry, played: Played): void {
  const probed = after === "keeps" ? 1 : 0;
  expect(played.requests.slice(0, requests.length).map((seen, n) => facts(seen, requests[n]))).toEqual(
    requests.map(({ status: _status, ...wanted }) => wanted),
  );
  expect(played.requests.slice(requests.length).map(({ target }) => target)).toEqual(probed ? ["/probe"] : []);
  const refusal = typeof after === "number" ? [after] : [];
  expect(played.answers).toEqual([...Array.from({ length: requests.length + probed }, () => 200), ...refusal]);
  if (after === "waits") expect(played.state).toBe("open");
  else expect(["closed", "half"]).toContain(played.state);
}

for (const [subject, messages] of Object.entries(corpus)) {
  describe(subject, () => {
    for (const entry of messages) {
      test(`RFC ${entry.clause}: ${entry.name}: ${entry.after}`, () => {
        const bytes = latin1(entry.after === "waits" ? entry.bytes : entry.bytes + probe);
        check(entry, play(bytes, whole));
        if (bytes.length < MOST_SINGLE_BYTES) check(entry, play(bytes, bytewise));
        const dice = random(bytes.length);
        for (const most of [3, 20, 200]) {
          const longest = bytes.length < MOST_SINGLE_BYTES ? most : most * 100;
          check(entry, play(bytes, cutBy(dice, longest)));
        }
        if (entry.after === "waits") {
          const ended = play(bytes, whole, true);
          expect(ended.requests.length).toBe(entry.requests.length);
          expect(ended.state).not.toBe("open");
        }
      });
    }
  });
}

test("messages that keep the connection mean the same one behind the other, in any order", () => {
  const keeping = entries.filter(({ after, bytes }) => after === "keeps" && bytes.length < MOST_SINGLE_BYTES);
  const dice = random(9112);
  for (let round = 0; round < 20; round++) {
    const chosen = Array.from({ length: 60 }, () => keeping[dice(keeping.length)] as Entry);
    const joined: Entry = {
      clause: "9112 §9.3.2",
      name: "many",
      bytes: chosen.map(({ bytes }) => bytes).join(""),
      requests: chosen.flatMap(({ requests }) => requests),
      after: "keeps",
    };
    check(joined, play(latin1(joined.bytes + probe), round % 2 === 0 ? whole : cutBy(dice, 700)));
  }
});

/** Bytes that servers have quarrelled about. */
const QUARRELS = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  "\x0b",
  "\xa0",
  ":",
  ",",
  ";",
  "0",
  "5",
  "chunked",
  "/",
];

test("what is broken at random comes to the same however it is cut", () => {
  const short = entries.filter(({ bytes }) => bytes.length < 400);
  const dice = random(2616);
  for (let round = 0; round < 4000; round++) {
    let text = `${(short[dice(short.length)] as Entry).bytes}${(short[dice(short.length)] as Entry).bytes}${probe}`;
    for (let times = dice(3); times >= 0; times--) {
      const at = dice(text.length);
      text = text.slice(0, at) + (QUARRELS[dice(QUARRELS.length)] as string) + text.slice(at + dice(3));
    }
    const bytes = latin1(text);
    const told = story(play(bytes, whole));
    expect([text, story(play(bytes, bytewise))]).toEqual([text, told]);
    expect([text, story(play(bytes, cutBy(dice, 30)))]).toEqual([text, told]);
  }
});

/** All that must not depend on how bytes are cut: the reason for a refusal may, when there are several. */
function story({ requests, answers, state }: Played): unknown {
  return { requests, answers: answers.map((status) => (status < 400 ? status : "refused")), over: state !== "open" };
}

function cutBy(dice: (below: number) => number, most: number): Cut {
  return () => 1 + dice(most);
}
