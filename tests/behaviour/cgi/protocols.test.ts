/** Scripts for clients of HTTPS and HTTP/2. */

import { expect } from "bun:test";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { http2Client } from "../http2/client.ts";
import { site } from "../http/notes.ts";
import { makeAuthority } from "../tls/authority.ts";
import { pairOf, showing, startSecure } from "../tls/secure-server.ts";
import { scripts, startWith } from "./scripts.ts";

const PLAIN = 'printf "Content-Type: text/plain\\n\\n"';

test("--with-cgi: a script is told of TLS, with --ssl-environment all there is to tell", async () => {
  using home = folder();
  using root = scripts({ "a.cgi": `${PLAIN}; echo "$HTTPS $REQUEST_SCHEME $SSL_PROTOCOL $SSL_SERVER_S_DN_CN"` });
  const authority = await makeAuthority(home.path, "ca");
  const args = [...pairOf(await authority.issue("localhost")), "--ssl-environment"];
  await using server = await startSecure(site, [...args, "--with-cgi", `--document-root=${root.path}`]);
  expect(await server.ask("/a.cgi", server.tls(authority))).toContain("\r\non https TLSv1.3 localhost\n");
});

test("--with-cgi: by HTTP/2 too, many at a time, and those that write HTTP themselves", async () => {
  using root = scripts({
    "a.cgi": `${PLAIN}; echo "$SERVER_PROTOCOL $CONTENT_LENGTH"; cat`,
    "many.cgi": `${PLAIN}; head -c 3000000 /dev/zero`,
    "nph-a.cgi":
      'printf "HTTP/1.0 299 Fine\\nTransfer-Encoding: chunked\\n\\n"; printf "HTTP/1.0 299 Fine\\n\\nraw" >/dev/null',
    "nph-b.cgi": 'printf "HTTP/1.1 201 Made\\nX-Me: 1\\n\\nraw"',
    "short.cgi": 'printf "Content-Length: 10\\n\\nabc"',
    "in.cgi": 'printf "Location: /a.cgi\\n\\n"',
  });
  await using server = await startWith(root, ["--http2"]);
  using client = await http2Client(server.url);
  const posted = { method: "POST", fields: { "content-length": "3" }, body: "abc" };
  const [told, many, raw, bad, short, inside] = await Promise.all([
    client.ask("/a.cgi", posted),
    client.ask("/many.cgi"),
    client.ask("/nph-b.cgi"),
    client.ask("/nph-a.cgi"),
    client.ask("/short.cgi"),
    client.ask("/in.cgi", posted),
  ]);
  expect(told.body.toString()).toBe("HTTP/2.0 3\nabc");
  expect(many.body.length).toBe(3_000_000);
  expect([raw.status, raw.fields["x-me"], raw.body.toString()]).toEqual([201, "1", "raw"]);
  // Chunks are not for a response of HTTP/1.0.
  expect(bad.status).toBe(500);
  expect(short.reset).not.toBe(0);
  expect(inside.body.toString()).toBe("HTTP/2.0 \n");
});

test("--with-cgi: a script knows the user whom an access script let in, not the password; so does one it hands on to", async () => {
  using root = scripts({
    "users.py": 'def check_password(environ, user, password):\n    return password == "secret"\n',
    "htdocs/a.cgi": `${PLAIN}; echo "$REMOTE_USER $AUTH_TYPE $HTTP_AUTHORIZATION"`,
    "htdocs/in.cgi": 'printf "Location: /a.cgi\\n\\n"',
  });
  const args = ["--with-cgi", `--document-root=${root.path}/htdocs`, `--auth-user-script=${root.path}/users.py`];
  await using server = await start(site, args);
  const headers = { Authorization: `Basic ${btoa("anna:secret")}` };
  for (const path of ["/a.cgi", "/in.cgi"]) {
    expect((await server.get(path)).status).toBe(401);
    expect(await server.text(path, { headers })).toBe("anna Basic \n");
  }
});

test("--with-cgi: a script can't lead around what guards a path", async () => {
  using home = folder();
  using root = scripts({ "in.cgi": 'printf "Location: /secret/a.txt\\n\\n"', "secret/a.txt": "secret" });
  const authority = await makeAuthority(home.path, "ca");
  const guarded = [`--ssl-ca-certificate-file=${authority.certificate}`, "--ssl-verify-client=/secret"];
  const args = [...pairOf(await authority.issue("localhost")), ...guarded];
  await using server = await startSecure(site, [...args, "--with-cgi", `--document-root=${root.path}`]);
  expect(await server.ask("/in.cgi", server.tls(authority))).toStartWith("HTTP/1.1 403 ");
  const known = server.tls(authority, showing(await authority.issue("somebody")));
  expect(await server.ask("/in.cgi", known)).toEndWith("\r\n\r\nsecret");
});
