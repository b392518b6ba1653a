import { expect, test } from "bun:test";
import { defineCommand, runCommand } from "citty";
import { cittyArgs } from "../../lib/options/citty.ts";
import { options } from "../../lib/options/table.ts";
import { random } from "../support/random.ts";

test("citty knows every option by name and description", () => {
  const { script, ...args } = cittyArgs();
  expect(script).toMatchObject({ type: "positional", required: false });
  expect(new Set(Object.keys(args))).toEqual(new Set(options.keys()));
  expect(args["port"]).toMatchObject({ type: "string", valueHint: "NUMBER" });
  expect(args["access-log"]).toMatchObject({ type: "boolean" });
});

test("citty hands the words of a command on unchanged, whatever its own parser thinks of them", async () => {
  let received: readonly string[] = [];
  const run = ({ rawArgs }: { rawArgs: string[] }) => {
    received = rawArgs;
  };
  const command = defineCommand({ args: cittyArgs(), run });
  const root = defineCommand({ subCommands: { "start-server": command } });
  const dice = random(1789);
  const names = [...options.keys()];
  const noise = [
    "",
    "-",
    "--",
    "---",
    "-x",
    "-xyz",
    "--=",
    "--no-",
    "--no-port",
    "--__proto__",
    "--constructor=1",
    "a b",
    "é",
  ];
  for (let round = 0; round < 300; round += 1) {
    const words = Array.from({ length: dice(7) }, () => {
      if (dice(2) === 0) return noise[dice(noise.length)]!;
      const flag = `--${names[dice(names.length)]}`;
      return dice(2) === 0 ? flag : `${flag}=${noise[dice(noise.length)]}`;
    });
    await runCommand(root, { rawArgs: ["start-server", ...words] });
    expect(received).toEqual(words);
  }
});
