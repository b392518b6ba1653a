import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../../package.json";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

function run(words: readonly string[], program = process.execPath): { out: string; err: string; exit: number | null } {
  // "nobody" keeps a run as root from being refused for being root.
  const env = { ...process.env, MOD_WSGI_USER: "nobody", HOME_DIR: "/nowhere" };
  const { stdout, stderr, exitCode } = Bun.spawnSync([program, CLI, ...words], { env });
  return { out: stdout.toString(), err: stderr.toString(), exit: exitCode };
}

const USAGE = "Usage: malt command [params]\n\nCommands:\n";

describe("the command line, run for real", () => {
  const errors: readonly (readonly [words: string[], start: string, end: string, exit: number])[] = [
    [[], USAGE, "\n\nmalt: error: No command was specified.\n", 2],
    [["serve"], USAGE, "\n\nmalt: error: Invalid command was specified.\n", 2],
    [["--port", "start-server"], USAGE, "\n\nmalt: error: Invalid command was specified.\n", 2],
    [["toString"], USAGE, "\n\nmalt: error: Invalid command was specified.\n", 2],
    [["module-config"], "malt: error: there is no module-config: this is a server", "ProxyPass.\n", 2],
    [["install-module", "x"], "malt: error: there is no install-module: this is a server", "ProxyPass.\n", 2],
    [["module-location"], "malt: error: there is no module-location: this is a server", "ProxyPass.\n", 2],
    [
      ["start-server", "--port", "x"],
      "Usage: malt start-server script [options]\n",
      "\n\nmalt: error: option --port: invalid integer value: 'x'\n",
      2,
    ],
    [
      ["setup-server", "--nope"],
      "Usage: malt setup-server script [options]\n",
      "\n\nmalt: error: no such option: --nope\n",
      2,
    ],
    [
      ["start-server", "--https-only"],
      "Usage: malt start-server script [options]\n\nmalt: error: plain requests can't be redirected to HTTPS",
      "--trust-proxy with the proxy's address.\n",
      2,
    ],
    [
      ["start-server", "--working-directory", "$HOME_DIR"],
      "malt: error: there is no directory /nowhere\n",
      "mkdir -p /nowhere makes it.\n",
      1,
    ],
    [["start-server", "--python", "/bin/false"], "malt: error: the Python interpreter does not work\n", "\n", 1],
  ];
  for (const [words, start, end, exit] of errors) {
    test(`malt ${words.join(" ")} fails with ${exit} and says why on standard error only`, () => {
      const said = run(words);
      expect(said.err).toStartWith(start);
      expect(said.err).toEndWith(end);
      expect({ out: said.out, exit: said.exit }).toEqual({ out: "", exit });
    });
  }

  test("--version is told on standard output", () => {
    expect(run(["--version"])).toEqual({ out: `malt ${version}\n`, err: "", exit: 0 });
  });

  test("--help: shown on standard output, in full, with status 0", () => {
    for (const words of [
      ["start-server", "--help"],
      ["start-server", "app.py", "-h"],
      ["setup-server", "--hel"],
    ]) {
      const { out, err, exit } = run(words);
      expect({ err, exit }).toEqual({ err: "", exit: 0 });
      expect(out).toStartWith(`Usage: malt ${words[0]} script [options]\n`);
      expect(out).toContain("\n  -h, --help ");
    }
    expect(run(["--help"])).toMatchObject({ err: "", exit: 0 });
  });

  test("a reader that stops reading the help is not an error", async () => {
    const { stdout, stderr } = Bun.spawnSync([
      "sh",
      "-c",
      '"$0" "$1" start-server -h | head -n 1',
      process.execPath,
      CLI,
    ]);
    expect({ out: stdout.toString(), err: stderr.toString() }).toEqual({
      out: "Usage: malt start-server script [options]\n",
      err: "",
    });
  });

  test("the program goes by the name of the original when it is called by it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "malt-name-"));
    try {
      const link = join(directory, "mod_wsgi-express");
      symlinkSync(process.execPath, link);
      const { err, exit } = run(["start-server", "--nope"], link);
      expect(err).toBe(
        "Usage: mod_wsgi-express start-server script [options]\n\nmod_wsgi-express: error: no such option: --nope\n",
      );
      expect(exit).toBe(2);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
