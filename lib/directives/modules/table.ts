/** Every directive there is, by name: what the compiler and the documentation read. */

import { aliasModule } from "./alias.ts";
import { authorizeModules } from "./authorize.ts";
import { coreModule } from "./core.ts";
import type { Definition, Module } from "./definition.ts";
import { envModule, setEnvIfModule } from "./env.ts";
import { expiresModule } from "./expires.ts";
import { autoindexModule, dirModule, mimeModule } from "./files.ts";
import { headersModule } from "./headers.ts";
import { httpModule, wsgiModule } from "./server.ts";
import { proxyModule } from "./proxy.ts";
import { refusedModules } from "./refused.ts";
import { rewriteModule } from "./rewrite.ts";

export const modules: readonly Module[] = [
  coreModule,
  httpModule,
  wsgiModule,
  rewriteModule,
  aliasModule,
  headersModule,
  proxyModule,
  setEnvIfModule,
  envModule,
  dirModule,
  autoindexModule,
  expiresModule,
  mimeModule,
  ...authorizeModules,
  ...refusedModules,
];

const byName = new Map<string, Definition>(
  modules.flatMap(({ directives }) => directives.map((each) => [each.name.toLowerCase(), each] as const)),
);
const refusedBy = new Map<string, string>(
  modules.flatMap(({ name, refused }) => refused.map((each) => [each.toLowerCase(), name] as const)),
);

/** @param name in any case */
export function definitionOf(name: string): Definition | undefined {
  return byName.get(name.toLowerCase());
}

/** The module of a directive that Malt knows to refuse. */
export function refusingModule(name: string): string | undefined {
  return refusedBy.get(name.toLowerCase());
}

/** The containers that are sections, and those that are decided while files are read. */
export const CONTAINERS = [
  "Directory",
  "DirectoryMatch",
  "Location",
  "LocationMatch",
  "Files",
  "FilesMatch",
  "If",
  "ElseIf",
  "Else",
  "Limit",
  "LimitExcept",
  "RequireAll",
  "RequireAny",
  "RequireNone",
] as const;

export const READ_TIME = [
  "<IfDefine>",
  "<IfDirective>",
  "<IfFile>",
  "<IfModule>",
  "<IfSection>",
  "<IfVersion>",
  "Define",
  "Error",
  "Include",
  "IncludeOptional",
  "UnDefine",
] as const;

export function isKnownDirective(name: string): boolean {
  const plain = /^<(.*)>$/.exec(name)?.[1]?.toLowerCase();
  if (plain !== undefined) return CONTAINERS.some((each) => each.toLowerCase() === plain);
  return byName.has(name.toLowerCase()) || READ_TIME.some((each) => each.toLowerCase() === name.toLowerCase());
}
