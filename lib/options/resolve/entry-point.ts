/** Warnings about what names the application, where other servers have another way to name it. Pure. */

import type { Settings } from "../../settings/settings.ts";
import type { Facts } from "../facts.ts";

/** `package.module:callable`, as gunicorn, uWSGI and others have it. */
const WITH_CALLABLE = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)$/;

const DOTTED = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

/** A path, or the usual name of a script. */
const FILE_NAME = /\/|\.py$/;

export function entryPointWarnings({ type, entryPoint }: Settings["application"], facts: Facts): readonly string[] {
  if (type === "module") return moduleWarnings(entryPoint);
  if (type !== "script" && type !== "paste") return [];
  const kind = facts.kindOf(entryPoint);
  if (kind === "directory") return [`the application ${entryPoint} is a directory: name the file in it`];
  if (kind !== "missing") return [];
  const meant = type === "script" ? moduleMeant(entryPoint) : "";
  return [`the application ${entryPoint} does not exist; requests are answered with 500 until it does${meant}`];
}

function moduleWarnings(name: string): readonly string[] {
  const [, module, callable] = WITH_CALLABLE.exec(name) ?? [];
  const wrong = `the application ${name} is not the name of a module, so requests are answered with 500; `;
  if (module !== undefined) return [`${wrong}if this is meant: ${module} --callable-object ${callable}`];
  if (!FILE_NAME.test(name)) return [];
  return [`${wrong}to serve a file leave --application-type module out`];
}

/** What to write instead, when what is given as a file looks like a module. */
function moduleMeant(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const [, module, callable] = WITH_CALLABLE.exec(name) ?? [];
  const words = "; if a module is meant: --application-type module ";
  if (module !== undefined) return `${words}${module} --callable-object ${callable}`;
  return DOTTED.test(name) && !/\.(?:py|wsgi|ini)$/.test(name) ? words + name : "";
}
