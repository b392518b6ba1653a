/** Who the server's children run as. Pure. */

import type { Identity } from "../../settings/settings.ts";
import type { Account, Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";

export interface RunAs {
  readonly identity: Identity;
  readonly warnings: readonly string[];
}

/** A name and where it was written. */
interface Named {
  readonly label: string;
  readonly name: string;
}

/** `user` and `group` are the values of the options, undefined when not given. */
export function resolveIdentity(user: string | undefined, group: string | undefined, facts: Facts): RunAs | Problem {
  const asRoot = facts.uid === 0;
  const wantedUser = named("--user", user, asRoot ? ["MOD_WSGI_USER", "WSGI_RUN_USER"] : [], facts);
  const wantedGroup = named("--group", group, asRoot ? ["MOD_WSGI_GROUP", "WSGI_RUN_GROUP"] : [], facts);

  const userAccount = wantedUser === null ? null : find("user", wantedUser.name, facts);
  if (wantedUser !== null && userAccount === null) return unknown("user", "passwd", wantedUser);
  const groupAccount = wantedGroup === null ? null : find("group", wantedGroup.name, facts);
  if (wantedGroup !== null && groupAccount === null) return unknown("group", "group", wantedGroup);

  if (!asRoot) return unchanged(userAccount, groupAccount, facts);
  if (wantedUser === null || userAccount === null) return rootWithoutUser();
  if (userAccount.gid < 0 && groupAccount === null) return noPrimaryGroup(wantedUser);

  const gid = groupAccount?.id ?? userAccount.gid;
  const warnings =
    userAccount.id === 0
      ? [`${wantedUser.label} ${wantedUser.name}: the application runs as root, with every right there is`]
      : [];
  return {
    identity: {
      user: userAccount.name,
      group: groupAccount?.name ?? nameOf("group", gid, facts),
      uid: userAccount.id,
      gid,
      drop: userAccount.id !== facts.uid || gid !== facts.gid,
    },
    warnings,
  };
}

/** Who a service runs as: the user and the group of the `server`, each unless one is named. */
export function resolveServiceIdentity(
  service: string,
  user: string | undefined,
  group: string | undefined,
  server: Identity,
  facts: Facts,
): RunAs | Problem {
  const userAccount = user === undefined ? null : find("user", user, facts);
  if (user !== undefined && userAccount === null) {
    return unknown("user", "passwd", { label: `--service-user ${service}`, name: user });
  }
  const groupAccount = group === undefined ? null : find("group", group, facts);
  if (group !== undefined && groupAccount === null) {
    return unknown("group", "group", { label: `--service-group ${service}`, name: group });
  }
  const uid = userAccount?.id ?? server.uid;
  const gid = groupAccount?.id ?? server.gid;
  if (facts.uid !== 0) {
    const differs = [
      ...(uid === server.uid ? [] : [`--service-user ${service} ${user}`]),
      ...(gid === server.gid ? [] : [`--service-group ${service} ${group}`]),
    ];
    return {
      identity: server,
      warnings: differs.map((what) => `${what} has no effect: only root can run a service as someone else`),
    };
  }
  return {
    identity: {
      user: userAccount?.name ?? server.user,
      group: groupAccount?.name ?? server.group,
      uid,
      gid,
      drop: uid !== facts.uid || gid !== facts.gid,
    },
    warnings:
      userAccount?.id === 0 ? [`--service-user ${service} ${user}: the service runs as root, with every right`] : [],
  };
}

/** Only root can become someone else: everyone else stays who they are, and is told when they asked for more. */
function unchanged(user: Account | null, group: Account | null, facts: Facts): RunAs {
  const warnings: string[] = [];
  if (user !== null && user.id !== facts.uid) {
    warnings.push(`--user ${user.name} has no effect: only root can run the server as someone else`);
  }
  if (group !== null && group.id !== facts.gid) {
    warnings.push(`--group ${group.name} has no effect: only root can run the server as someone else`);
  }
  return {
    identity: {
      user: nameOf("user", facts.uid, facts),
      group: nameOf("group", facts.gid, facts),
      uid: facts.uid,
      gid: facts.gid,
      drop: false,
    },
    warnings,
  };
}

/** The variables win over the option: images of the original set them to redirect a fixed command line. */
function named(label: string, option: string | undefined, variables: readonly string[], facts: Facts): Named | null {
  for (const variable of variables) {
    const name = facts.environment[variable];
    if (name) return { label: variable, name };
  }
  return option === undefined ? null : { label, name: option };
}

type Kind = "user" | "group";

/** An account by its name, or by number as "#1000", which need not be known: its primary group is then unknown (-1). */
function find(kind: Kind, name: string, facts: Facts): Account | null {
  const number = /^#(\d{1,10})$/.exec(name)?.[1];
  if (number === undefined) return known(kind, name, facts) ?? null;
  const id = Number(number);
  // 2^32 - 1 is what the kernel's calls take for "leave it as it is".
  if (id >= 0xffff_ffff) return null;
  return known(kind, id, facts) ?? { name, id, gid: -1 };
}

function nameOf(kind: Kind, id: number, facts: Facts): string {
  return known(kind, id, facts)?.name ?? `#${id}`;
}

function known(kind: Kind, who: string | number, facts: Facts): Account | undefined {
  const listed = kind === "user" ? facts.users : facts.groups;
  return listed.find(({ id, name }) => id === who || name === who) ?? facts.lookUp(kind, who);
}

function unknown(kind: string, file: string, wanted: Named): Problem {
  return {
    exit: 1,
    what: `there is no ${kind} ${wanted.name}`,
    from: [[wanted.label, wanted.name]],
    advice: `Choose one that "getent ${file}" lists, or give a number as #1000.`,
  };
}

function rootWithoutUser(): Problem {
  return {
    exit: 1,
    what: "the server was started as root, and nothing says who should run the application",
    from: [],
    advice: "Name a user without special rights: --user NAME (and --group NAME, if not their primary group).",
  };
}

function noPrimaryGroup(wanted: Named): Problem {
  return {
    exit: 1,
    what: `user ${wanted.name} has no account, so there is no primary group`,
    from: [[wanted.label, wanted.name]],
    advice: "Name the group as well: --group NAME, or a number as #1000.",
  };
}
