import { describe, expect, test } from "bun:test";
import { contentRange, frameRanges, selectRanges, type ByteRange } from "../../lib/http/ranges.ts";
import { random as createRandom } from "../support/random.ts";

/** "0+5,7+1": offsets and lengths. */
function selection(value: string, size: number): string {
  const ranges = selectRanges(value, size);
  return typeof ranges === "string" ? ranges : ranges.map(({ offset, length }) => `${offset}+${length}`).join(",");
}

describe("RFC 9110 §14.1.2 byte ranges of 10 bytes", () => {
  test.each([
    ["bytes=0-0", "0+1"],
    ["bytes=0-4", "0+5"],
    ["bytes=5-", "5+5"],
    ["bytes=0-", "0+10"],
    ["bytes=9-9", "9+1"],
    ["bytes=9-10", "9+1"],
    ["bytes=2-99999999999999999999999", "2+8"],
    ["bytes=-1", "9+1"],
    ["bytes=-10", "0+10"],
    ["bytes=-99999999999999999999999", "0+10"],
    ["BYTES=1-2", "1+2"],
    ["bytes=\t1-2 ,", "1+2"],
    ["bytes=,,1-2", "1+2"],
    ["bytes=007-008", "7+2"],
  ])("%s is %s", (value, expected) => {
    expect(selection(value, 10)).toBe(expected);
  });

  test.each(["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=10-,-0", "bytes=99999999999999999999999-"])(
    "%s can't be satisfied",
    (value) => {
      expect(selection(value, 10)).toBe("unsatisfiable");
    },
  );

  test.each([
    "",
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes=a-b",
    "bytes=1",
    "bytes=1-2-3",
    "bytes=2-1",
    "bytes=1-2, 5-4",
    "bytes=+1-2",
    "bytes=1.0-2",
    "bytes=0x1-2",
    "bytes=1 -2",
    "bytes =1-2",
    "lines=1-2",
    "bytes=1-2, bytes=3-4",
  ])("%p is ignored", (value) => {
    expect(selection(value, 10)).toBe("whole");
  });

  test("nothing can be cut from an empty file", () => {
    expect(selection("bytes=0-", 0)).toBe("whole");
    expect(selection("bytes=-5", 0)).toBe("whole");
  });
});

/** So many single bytes, `step` apart. */
function every(count: number, step: number): string {
  return `bytes=${Array.from({ length: count }, (_, i) => `${i * step}-${i * step}`).join(",")}`;
}

describe("several ranges", () => {
  test.each([
    ["bytes=0-1,4-5", "0+2,4+2"],
    ["bytes=8-9,0-1", "8+2,0+2"],
    ["bytes=0-1,2-3", "0+4"],
    ["bytes=0-5,3-8", "0+9"],
    ["bytes=3-8,0-5", "0+9"],
    ["bytes=0-9,2-3", "0+10"],
    ["bytes=6-7,0-0,-2", "6+4,0+1"],
    ["bytes=0-0,20-30", "0+1"],
    ["bytes=0-0,-1,0-0", "0+1,9+1"],
  ])("%s is %s: overlapping and touching ones are joined, the others keep their order", (value, expected) => {
    expect(selection(value, 10)).toBe(expected);
  });

  test("too many of them get the whole", () => {
    expect(selection(every(200, 1), 1000)).toBe("0+200");
    expect(selection(every(201, 1), 1000)).toBe("whole");
    expect(selection(every(16, 2), 1000)).toStartWith("0+1,2+1,4+1");
    expect(selection(every(17, 2), 1000)).toBe("whole");
  });

  test("fuzz: ranges lie within the file, apart from each other, and hold exactly the bytes asked for", () => {
    const random = createRandom(4);
    for (let round = 0; round < 3000; round++) {
      const size = 1 + random(30);
      const specs = Array.from({ length: 1 + random(5) }, () => {
        const first = random(35);
        return ["", `${first}-`, `-${first}`, `${first}-${first + random(10)}`][random(4)] as string;
      });
      const asked = new Set<number>();
      for (const spec of specs) {
        const [from, to] = spec.split("-");
        if (spec === "") continue;
        const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
        const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
        for (let i = start; i <= end; i++) asked.add(i);
      }
      const ranges = selectRanges(`bytes=${specs.join(",")}`, size);
      if (typeof ranges === "string") {
        expect(asked.size).toBe(0);
        continue;
      }
      const given: number[] = [];
      for (const { offset, length } of ranges) for (let i = 0; i < length; i++) given.push(offset + i);
      expect(given.toSorted((a, b) => a - b)).toEqual([...asked].toSorted((a, b) => a - b));
    }
  });
});

describe("RFC 9110 §14.6 multipart/byteranges", () => {
  test("each part names its type and place", () => {
    const ranges: ByteRange[] = [
      { offset: 0, length: 2 },
      { offset: 8, length: 2 },
    ];
    const { contentType, contentLength, parts } = frameRanges(ranges, 10, "text/plain", "B");
    expect(contentType).toBe("multipart/byteranges; boundary=B");
    const body = parts.map((part) => (typeof part === "string" ? part : "x".repeat(part.length))).join("");
    expect(body).toBe(
      "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\nxx" +
        "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\nxx\r\n--B--\r\n",
    );
    expect(contentLength).toBe(body.length);
  });

  test("a file without a type has parts without one", () => {
    const { parts } = frameRanges([{ offset: 1, length: 1 }], 2, undefined, "B");
    expect(parts[0]).toBe("--B\r\nContent-Range: bytes 1-1/2\r\n\r\n");
  });

  test("Content-Range counts from 0 and includes the last byte", () => {
    expect(contentRange({ offset: 0, length: 10 }, 10)).toBe("bytes 0-9/10");
  });
});
