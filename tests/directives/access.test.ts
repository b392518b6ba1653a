import { expect, test } from "bun:test";
import { entryOf, groupsIn, verify } from "../../lib/directives/access/passwords.ts";
import { parseOverride } from "../../lib/directives/config/override.ts";

test("a password is verified by each kind of hash that htpasswd makes", async () => {
  const bcrypt = (await Bun.password.hash("secret", { algorithm: "bcrypt", cost: 4 })).replace("$2b$", "$2y$");
  const hashes = [bcrypt, "$apr1$12345678$0lqb/6VUFP8JY/s/jTrIk0", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="];
  for (const hash of hashes) {
    expect([hash, await verify("secret", hash)]).toEqual([hash, true]);
    for (const wrong of ["", "Secret", "secret ", "secre"])
      expect([hash, wrong, await verify(wrong, hash)]).toEqual([hash, wrong, false]);
  }
  const long = "a longer password than sixteen bytes";
  expect(await verify(long, "$apr1$ab$8ItIMBWI2mJuA9q7tymP40")).toBe(true);
});

test("hashes that protect nothing let nobody in", async () => {
  for (const hash of ["secret", "", "rqXexS6ZhobKA", "$1$12345678$x", "$2y$broken", "$apr1$$x", "*"]) {
    expect([hash, await verify("secret", hash)]).toEqual([hash, false]);
    expect([hash, await verify(hash, hash)]).toEqual([hash, false]);
  }
});

test("users and groups are found in their files", () => {
  const users = "# ann:comment\nann:one\r\nbob:two:three\n:nobody\nann:later\n";
  expect(["ann", "bob", "carl", "", "# ann"].map((name) => entryOf(users, name))).toEqual([
    "one",
    "two:three",
    undefined,
    undefined,
    undefined,
  ]);
  expect([...groupsIn("staff: ann bob\n# all: ann\nothers:  carl   ann\n", "ann")]).toEqual(["staff", "others"]);
});

function classes(...words: string[]): string[] {
  return [...(parseOverride(words)?.classes ?? [])].toSorted();
}

test("the words of --allow-override are understood in any case, together or apart", () => {
  expect(parseOverride([])).toBeNull();
  expect(parseOverride(["None"])).toBeNull();
  expect(classes("all")).toEqual(["AuthConfig", "FileInfo", "Indexes", "Limit", "Options"]);
  expect(classes("fileinfo LIMIT", "Indexes")).toEqual(["FileInfo", "Indexes", "Limit"]);
  expect(parseOverride(["Options=Indexes,FollowSymLinks"])?.options).toEqual(new Set(["indexes", "followsymlinks"]));
  expect(parseOverride(["FileInfo Nonfatal=Override"])?.ignores).toEqual({ forbidden: true, unknown: false });
  expect(parseOverride(["FileInfo Nonfatal=All"])?.ignores).toEqual({ forbidden: true, unknown: true });
});
