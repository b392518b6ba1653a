import { describe, expect, test } from "bun:test";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gatherFacts } from "../../lib/options/probe.ts";
import type { Identity } from "../../lib/settings/settings.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

const facts = gatherFacts([process.execPath, CLI, "run-as"]);

const self: Identity = { user: "", group: "", uid: facts.uid, gid: facts.gid, drop: false };

async function inDirectory(use: (directory: string) => void): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "malt-probe-"));
  try {
    use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function program(directory: string, text: string): string {
  const path = join(directory, "program");
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe("what is known of the machine", () => {
  test("is who we are and where", () => {
    expect(facts.directory).toBe(process.cwd());
    expect(facts.uid).toBe(process.geteuid!());
    expect(facts.users.find(({ id }) => id === 0)).toEqual({ name: "root", id: 0, gid: 0 });
    expect(facts.groups.find(({ id }) => id === 0)).toMatchObject({ id: 0, gid: 0 });
  });

  test("is what a path is, and whether it can be run", async () => {
    await inDirectory((directory) => {
      const path = program(directory, "#!/bin/sh\n");
      const plain = join(directory, "plain");
      writeFileSync(plain, "");
      const places = [path, plain, directory, "/dev/null", join(directory, "gone"), join(path, "below")];
      expect(places.map(facts.kindOf)).toEqual(["file", "file", "directory", "other", "missing", "missing"]);
      expect(places.map(facts.isExecutable)).toEqual([true, false, false, false, false, false]);
    });
  });

  test("is who owns a path, what its mode allows, and where a link leads", async () => {
    await inDirectory((directory) => {
      const path = program(directory, "");
      chmodSync(path, 0o4751);
      symlinkSync("../elsewhere", join(directory, "link"));
      expect(facts.entryAt(path)).toEqual({ mode: 0o751, uid: facts.uid, gid: facts.gid, target: null });
      expect(facts.entryAt(join(directory, "link"))).toMatchObject({ target: "../elsewhere" });
      expect(facts.entryAt(join(directory, "gone"))).toBeNull();
    });
  });

  test("is which groups a user is in", () => {
    expect(facts.groupsOf("root", 0)).toContain(0);
    expect(facts.groupsOf("no-such-user", 4711)).toEqual([4711]);
  });

  test("is what an interpreter says of itself", () => {
    const path = Bun.which("python3");
    if (path === null) throw new Error("the tests need a python3 on the PATH");
    const answer = facts.askInterpreter(path, self);
    if ("failure" in answer) throw new Error(answer.failure);
    expect(answer.version[0]).toBe(3);
    expect(answer.executable).toStartWith("/");
  });

  test("a virtual environment keeps its own path, so that its packages are found", async () => {
    const directory = await mkdtemp(join(tmpdir(), "malt-venv-"));
    try {
      const made = Bun.spawnSync(["python3", "-m", "venv", "--without-pip", directory]);
      expect(made.exitCode).toBe(0);
      const answer = facts.askInterpreter(join(directory, "bin/python3"), self);
      expect(answer).toMatchObject({ executable: join(directory, "bin/python3") });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("a program that is no interpreter is a failure in its own words", async () => {
    await inDirectory((directory) => {
      expect(facts.askInterpreter(join(directory, "gone"), self)).toHaveProperty("failure");
      const silent = program(directory, "#!/bin/sh\nexit 3\n");
      expect(facts.askInterpreter(silent, self)).toEqual({ failure: "nothing; it ended with 3" });
      const loud = program(directory, "#!/bin/sh\necho no python >&2\necho more >&2\nexit 1\n");
      expect(facts.askInterpreter(loud, self)).toEqual({ failure: "no python" });
      const liar = program(directory, "#!/bin/sh\necho 3.11.7\n");
      expect(facts.askInterpreter(liar, self)).toHaveProperty("failure");
      const scriptless = program(directory, "#!/no/such/interpreter\n");
      expect(facts.askInterpreter(scriptless, self)).toHaveProperty("failure");
    });
  });
});
