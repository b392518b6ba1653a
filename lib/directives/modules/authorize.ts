/** The directives of mod_auth_basic, mod_authn_*, mod_authz_* and mod_access_compat. */

import { networkNamed } from "../addresses.ts";
import type { CompatAccess, Rule, Verdict } from "../access/rules.ts";
import type { Auth, Config } from "../config/config.ts";
import { contextOf } from "../expressions/context.ts";
import { parseExpression } from "../expressions/parse.ts";
import { clientAddress, type Request } from "../request.ts";
import { define, isOn, type Module, type Scope } from "./definition.ts";

type Decide = Extract<Rule, { kind: "one" }>["decide"];

/** A rule of `Require`, with its `not`. */
export function parseRequire(words: readonly string[], methods: Scope["methods"]): Rule {
  const negated = words[0]?.toLowerCase() === "not";
  const [provider = "", ...args] = negated ? words.slice(1) : words;
  const decide = decisionOf(provider.toLowerCase(), args);
  return { kind: "one", negated, appliesTo: methods, decide };
}

function decisionOf(provider: string, args: readonly string[]): Decide {
  const needArgs = (): void => {
    if (args.length === 0) throw new Error(`Require ${provider} needs more words`);
  };
  switch (provider) {
    case "all": {
      const word = args[0]?.toLowerCase();
      if (word !== "granted" && word !== "denied") throw new Error("Require all takes granted or denied");
      return () => word;
    }
    case "ip": {
      needArgs();
      const networks = args.map(networkNamed);
      return yes((request) => networks.some((holds) => holds(clientAddress(request))));
    }
    case "local": {
      const loopback = ["127.0.0.0/8", "::1"].map(networkNamed);
      return yes((request) => {
        const address = clientAddress(request);
        return address === request.head.peer.localAddress || loopback.some((holds) => holds(address));
      });
    }
    case "host":
      needArgs();
      // Whose name an address has, only somebody else's server knows: it is not asked, and nobody is let in.
      throw new Error("Require host needs names of clients, which are not looked up; use Require ip");
    case "env":
      needArgs();
      return yes(({ env }) => args.some((name) => env.has(name)));
    case "method":
      needArgs();
      return yes(({ head }) => args.includes(head.method));
    case "expr": {
      needArgs();
      const condition = parseExpression(args.join(" "));
      return yes((request) => condition(contextOf(request)));
    }
    case "valid-user":
      return withUser(() => true);
    case "user":
      needArgs();
      return withUser((user) => args.includes(user));
    case "group":
      needArgs();
      return (request, groups) => {
        if (request.user === null) return "no user";
        return args.some((name) => groups().has(name)) ? "granted" : "denied";
      };
    default:
      throw new Error(`Require ${provider} is not supported`);
  }
}

function yes(test: (request: Request) => boolean): Decide {
  return (request) => (test(request) ? "granted" : "denied");
}

function withUser(test: (user: string) => boolean): Decide {
  return ({ user }): Verdict => (user === null ? "no user" : test(user.name) ? "granted" : "denied");
}

/** Adds to what the section requires; rules that stand next to each other are alternatives. */
export function addRule(config: Config, rule: Rule): void {
  const before = config.access?.tree;
  const parts = before !== undefined && "parts" in before ? before.parts : [];
  config.access = {
    merging: config.access?.merging ?? "off",
    tree: { kind: "any", negated: false, parts: [...parts, rule] },
  };
}

function changeAuth({ config }: Scope, changes: Auth): void {
  config.auth = { ...config.auth, ...changes };
}

const AUTH = { override: "AuthConfig", where: "sections" } as const;

export const authorizeModules: readonly Module[] = [
  {
    name: "mod_authn_core",
    directives: [
      define({
        ...AUTH,
        name: "AuthType",
        words: [1, 1],
        shortfall: "`Basic` and `None`",
        apply([word = ""], scope) {
          if (!/^(basic|none)$/i.test(word)) throw new Error(`the type ${word} is not supported: Basic or None`);
          changeAuth(scope, { type: word.toLowerCase() === "none" ? null : word });
        },
      }),
      define({ ...AUTH, name: "AuthName", words: [1, 1], apply: ([name = ""], scope) => changeAuth(scope, { name }) }),
    ],
    refused: ["<AuthnProviderAlias>"],
  },
  {
    name: "mod_auth_basic",
    directives: [
      define({
        ...AUTH,
        name: "AuthBasicProvider",
        words: [1, 9],
        shortfall: "`file` only",
        apply(words) {
          const other = words.find((word) => word.toLowerCase() !== "file");
          if (other !== undefined) throw new Error(`the provider ${other} is not supported: file`);
        },
      }),
      define({
        ...AUTH,
        name: "AuthBasicAuthoritative",
        words: [1, 1],
        shortfall: "accepted; there is nobody else to ask",
        apply: ([word]) => void isOn(word),
      }),
    ],
    refused: ["AuthBasicFake", "AuthBasicUseDigestAlgorithm"],
  },
  {
    name: "mod_authn_file",
    directives: [
      define({
        ...AUTH,
        name: "AuthUserFile",
        words: [1, 1],
        shortfall: "hashes of bcrypt, `$apr1$` and `{SHA}`; crypt() and plain text let nobody in",
        apply: ([path = ""], scope) => changeAuth(scope, { userFile: path.startsWith("/") ? path : scope.base + path }),
      }),
    ],
    refused: [],
  },
  {
    name: "mod_authz_groupfile",
    directives: [
      define({
        ...AUTH,
        name: "AuthGroupFile",
        words: [1, 1],
        apply: ([path = ""], scope) =>
          changeAuth(scope, { groupFile: path.startsWith("/") ? path : scope.base + path }),
      }),
    ],
    refused: [],
  },
  {
    name: "mod_authz_core",
    directives: [
      define({
        ...AUTH,
        name: "Require",
        words: [1, 999],
        shortfall:
          "`all`, `ip`, `local`, `env`, `expr`, `method`, `valid-user`, `user`, `group`, each also with `not`; not `host` and `forward-dns`",
        apply: (words, { config, methods }) => addRule(config, parseRequire(words, methods)),
      }),
      define({
        ...AUTH,
        name: "AuthMerging",
        words: [1, 1],
        apply([word = ""], { config }) {
          const merging = word.toLowerCase();
          if (merging !== "off" && merging !== "and" && merging !== "or") throw new Error(`${word}: Off, And or Or`);
          config.access = { tree: config.access?.tree ?? { kind: "any", negated: false, parts: [] }, merging };
        },
      }),
      define({
        ...AUTH,
        name: "AuthzSendForbiddenOnFailure",
        words: [1, 1],
        shortfall: "accepted; the status is 401 wherever another user would be let in",
        apply: ([word]) => void isOn(word),
      }),
    ],
    refused: ["<AuthzProviderAlias>"],
  },
  { name: "mod_authz_host", directives: [], refused: [] },
  { name: "mod_authz_user", directives: [], refused: [] },
  {
    name: "mod_access_compat",
    directives: [
      define({
        name: "Order",
        words: [1, 2],
        where: "sections",
        override: "Limit",
        apply(words, { config }) {
          const order = words.join("").toLowerCase();
          const known = order === "mutual-failure" ? "allow,deny" : order;
          if (known !== "allow,deny" && known !== "deny,allow") throw new Error(`there is no order ${order}`);
          changeCompat(config, { order: known });
        },
      }),
      compatRule("Allow", "allows"),
      compatRule("Deny", "denies"),
      define({
        ...AUTH,
        name: "Satisfy",
        words: [1, 1],
        apply([word = ""], { config }) {
          if (!/^(any|all)$/i.test(word)) throw new Error(`Satisfy takes Any or All, not ${word}`);
          config.satisfyAny = word.toLowerCase() === "any";
        },
      }),
    ],
    refused: [],
  },
];

function changeCompat(config: Config, changes: Partial<CompatAccess>): void {
  config.compat = { allows: [], denies: [], ...config.compat, ...changes };
}

/** `Allow from …` and `Deny from …`. */
function compatRule(name: "Allow" | "Deny", part: "allows" | "denies"): ReturnType<typeof define> {
  return define({
    name,
    words: [2, 999],
    where: "sections",
    override: "Limit",
    shortfall: "`all`, addresses, networks and `env=`; not names of hosts",
    apply([from = "", ...sources], { config, methods }) {
      if (from.toLowerCase() !== "from") throw new Error(`${name} is followed by "from"`);
      const tests = sources.map(sourceTest);
      const rule = { appliesTo: methods, matches: (request: Request) => tests.some((test) => test(request)) };
      changeCompat(config, { [part]: [...(config.compat?.[part] ?? []), rule] });
    },
  });
}

function sourceTest(word: string): (request: Request) => boolean {
  if (word.toLowerCase() === "all") return () => true;
  const variable = /^env=(!?)(.+)$/i.exec(word);
  if (variable !== null) return ({ env }) => env.has(variable[2] as string) === (variable[1] === "");
  const network = networkNamed(word);
  return (request) => network(clientAddress(request));
}
