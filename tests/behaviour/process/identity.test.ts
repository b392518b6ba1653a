/** Who the processes of a server are, and which interpreter that user can run. */

import { expect } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { inside, isRoot, look, refusal } from "./inside.ts";

interface Account {
  readonly name: string;
  readonly id: number;
  readonly gid: number;
}

function accounts(file: string): Account[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines
    .map((line) => line.split(":"))
    .map(([name = "", , id, gid]) => ({ name, id: Number(id), gid: Number(gid) }));
}

const nobody = accounts("/etc/passwd").find(({ name }) => name === "nobody") ?? {
  name: "nobody",
  id: 65534,
  gid: 65534,
};
const thrice = (id: number): number[] => [id, id, id];

/** Real, effective, saved and file-system ids of a process. */
function idsOf(pid: number, kind: "Uid" | "Gid"): number[] {
  const line = new RegExp(`^${kind}:\\s+(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return (line?.[1] ?? "").split(/\s+/).map(Number);
}

if (isRoot && python.user === "nobody") {
  test("--user: front end and workers are that user in every id, with its groups and its home, and the rest stays root", async () => {
    const env = { HOME: "/root", USER: "root", LOGNAME: "root", USERNAME: "root" };
    await using server = await start(inside, [], { user: "nobody", env });
    const { uids, gids, groups, variables } = await look(server);
    expect({ uids, gids }).toEqual({ uids: thrice(nobody.id), gids: thrice(nobody.gid) });
    const { out } = await run(["id", "-G", "nobody"]);
    expect(groups.toSorted()).toEqual(out.trim().split(" ").map(Number).toSorted());
    expect(variables).toMatchObject({ USER: "nobody", LOGNAME: "nobody", USERNAME: "nobody", MOD_WSGI_USER: "nobody" });
    expect(variables["HOME"]).not.toBe("/root");

    const [frontEnd = 0] = server.processes().frontEnds;
    expect(idsOf(frontEnd, "Uid")).toEqual([...thrice(nobody.id), nobody.id]);
    expect(idsOf(frontEnd, "Gid")).toEqual([...thrice(nobody.gid), nobody.gid]);
    expect(idsOf(server.pid, "Uid")).toEqual([0, 0, 0, 0]);
  });

  test("--user: a number will do, and MOD_WSGI_USER in the environment wins", async () => {
    for (const [user, env] of [
      [`#${nobody.id}`, {}],
      ["root", { MOD_WSGI_USER: "nobody" }],
    ] as const) {
      await using server = await start(inside, [], { user, env });
      expect((await look(server)).uids).toEqual(thrice(nobody.id));
    }
  });

  test("--group: it takes the place of the user's own group", async () => {
    const other = accounts("/etc/group").find(({ name, id }) => id !== nobody.gid && id !== 0 && name !== "");
    if (other === undefined) throw new Error("the tests need a group in /etc/group besides root and that of nobody");
    for (const [args, env] of [
      [[`--group=${other.name}`], {}],
      [[`--group=#${other.id}`], {}],
      [["--group=root"], { MOD_WSGI_GROUP: other.name }],
    ] as const) {
      await using server = await start(inside, args, { user: "nobody", env });
      const { uids, gids, variables } = await look(server);
      expect({ uids, gids }).toEqual({ uids: thrice(nobody.id), gids: thrice(other.id) });
      expect(variables["MOD_WSGI_GROUP"]).toBe(other.name);
      const [frontEnd = 0] = server.processes().frontEnds;
      expect(idsOf(frontEnd, "Gid")).toEqual([...thrice(other.id), other.id]);
    }
  });

  test("an interpreter on the PATH that the user cannot run is passed over, with a warning that says why", async () => {
    using home = folder();
    const closed = join(home.path, "closed");
    const open = join(home.path, "open");
    for (const place of [closed, open]) {
      mkdirSync(place);
      symlinkSync(python.path, join(place, "python3"));
    }
    chmodSync(closed, 0o700);
    const env = { PATH: `${closed}:${open}:/usr/bin:/bin`, VIRTUAL_ENV: "" };
    await using server = await start(inside, [], { without: ["--python"], env });
    expect((await look(server)).executable).toBe(join(open, "python3"));
    expect(server.log()).toContain(
      `malt: warning: user nobody cannot run ${closed}/python3 (${closed} has mode 0700 and belongs to root); ${open}/python3 is used\n`,
    );
  });

  test("an interpreter that was chosen and that the user cannot run keeps the server from starting", async () => {
    using home = folder();
    const closed = join(home.path, "closed");
    const link = join(home.path, "python3");
    mkdirSync(join(closed, "bin"), { recursive: true });
    symlinkSync(python.path, join(closed, "bin", "python3"));
    symlinkSync(join(closed, "bin", "python3"), link);
    chmodSync(closed, 0o700);
    for (const [args, env, label, path] of [
      [[`--python=${closed}/bin/python3`], {}, "--python", `${closed}/bin/python3`],
      [[`--python=${link}`], {}, "--python", link],
    ] as const) {
      const { code, err, out } = await refusal(args, { env });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toBe(
        "malt: error: user nobody cannot run the Python interpreter\n" +
          `  ${label.padEnd(8)}  ${path}\n  because   ${closed} has mode 0700 and belongs to root\n` +
          "  Name a Python that user nobody can run, such as --python /usr/bin/python3, or another --user.\n",
      );
    }

    const root = `--server-root=${join(home.path, "root")}`;
    const env = { PATH: "/usr/bin:/bin", VIRTUAL_ENV: closed };
    const { code, err } = await run([malt, "start-server", inside, "--port=0", "--user=nobody", root], { env });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`VIRTUAL_ENV  ${closed}/bin/python3\n`) });
    expect(err).toContain(`${closed} has mode 0700`);
  });

  test("root never runs an interpreter that another user may have written", async () => {
    using home = folder();
    const witnesses = join(home.path, "witnesses");
    const wrapper = join(home.path, "python");
    writeFileSync(witnesses, "");
    chmodSync(witnesses, 0o666);
    writeFileSync(wrapper, `#!/bin/sh\nid -u >> ${witnesses}\nexec ${python.path} "$@"\n`);
    chmodSync(wrapper, 0o755);
    await using server = await start(inside, [`--python=${wrapper}`]);
    expect((await look(server)).uids).toEqual(thrice(nobody.id));
    const seen = readFileSync(witnesses, "utf8").trim().split("\n");
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set([`${nobody.id}`]));
  });

  test("an application that root can read and the user cannot is told at the start, and answered with 500", async () => {
    using home = folder();
    const closed = join(home.path, "closed");
    mkdirSync(closed);
    copyFileSync(inside, join(closed, "app.py"));
    chmodSync(closed, 0o700);
    await using server = await start(null, [join(closed, "app.py")]);
    expect(server.log()).toContain(
      `malt: warning: user nobody cannot read the application ${closed}/app.py (${closed} has mode 0700 and belongs to root); requests are answered with 500\n`,
    );
    expect((await server.get("/")).status).toBe(500);
    expect(server.log()).toMatch(/PermissionError/);
  });

  test("a working directory that root can use and the user cannot is told at the start", async () => {
    using home = folder();
    const closed = join(home.path, "closed");
    mkdirSync(closed, { mode: 0o700 });
    await using server = await start(inside, [], { cwd: closed, until: "banner" });
    await server.waitForLog(/cannot use the working directory/);
    expect(server.log()).toContain(
      `malt: warning: user nobody cannot use the working directory ${closed} (${closed} has mode 0700 and belongs to root); give another --working-directory\n`,
    );
  });
} else {
  console.warn("NOT TESTED: --user and --group as root, for want of root or an interpreter that nobody can run");
}

/** How to run a program as nobody, for those who can. */
const asNobody = ["setpriv", `--reuid=${nobody.id}`, `--regid=${nobody.gid}`, "--clear-groups"] as const;

if (isRoot && python.user === "nobody" && Bun.which("setpriv") === null) {
  console.warn("NOT TESTED: --user for others than root, for want of setpriv");
} else {
  test("--user: for others than root it has no effect, nor has --group, and a warning says so", async () => {
    using home = folder();
    chmodSync(home.path, 0o777);
    const program = isRoot ? [...asNobody, malt] : [malt];
    const args = ["--group=root", `--server-root=${join(home.path, "root")}`];
    await using server = await start(inside, args, { program, user: "root", env: { HOME: home.path } });
    const uid = statSync(join(home.path, "root")).uid;
    const { uids, variables } = await look(server);
    expect(uid).not.toBe(0);
    expect(uids).toEqual(thrice(uid));
    expect(variables["HOME"]).toBe(home.path);
    for (const option of ["--user", "--group"]) {
      expect(server.log()).toContain(
        `malt: warning: ${option} root has no effect: only root can run the server as someone else\n`,
      );
    }
  });
}

test("--user: a name that nobody has is refused, and so is such a group", async () => {
  for (const [args, user, text] of [
    [[], "no-such-user", "malt: error: there is no user no-such-user\n  --user  no-such-user\n"],
    [["--group=no-such-group"], "nobody", "malt: error: there is no group no-such-group\n  --group  no-such-group\n"],
  ] as const) {
    const { code, err } = await refusal(args, { user });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(text) });
  }
});
