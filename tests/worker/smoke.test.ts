import { expect, test } from "bun:test";
import { pythons } from "../harness/pythons.ts";
import { TestWorker } from "./client.ts";
for (const { version, path } of pythons) {
  test(`${version}`, async () => {
    await using worker = await TestWorker.start({ python: path });
    const front = await worker.connect();
    const answer = await front.fetch("/");
    expect(answer.body.toString()).toBe("Hello, World!\n");
    console.log(answer, worker.messages);
  });
}
