/** The operators of expressions that are words, and those that compare. Pure, but for what the request's borders tell. */

import type { AddressSet } from "../../settings/subnets.ts";
import { networkNamed } from "../addresses.ts";
import { clientAddress } from "../request.ts";
import { globRegex } from "../syntax/glob.ts";
import type { Context } from "./context.ts";

type Compare = (left: string, right: string, context: Context) => boolean;

/** `constant` is the right side where it is written down: what can be made of it is made once. */
export const comparisons: Readonly<Record<string, (constant: string | undefined) => Compare>> = {
  "==": () => (left, right) => left === right,
  "=": () => (left, right) => left === right,
  "!=": () => (left, right) => left !== right,
  "<": () => (left, right) => left < right,
  "<=": () => (left, right) => left <= right,
  ">": () => (left, right) => left > right,
  ">=": () => (left, right) => left >= right,
  "-eq": () => (left, right) => integer(left) === integer(right),
  "-ne": () => (left, right) => integer(left) !== integer(right),
  "-lt": () => (left, right) => integer(left) < integer(right),
  "-le": () => (left, right) => integer(left) <= integer(right),
  "-gt": () => (left, right) => integer(left) > integer(right),
  "-ge": () => (left, right) => integer(left) >= integer(right),
  "-ipmatch": (constant) => {
    const known = constant === undefined ? undefined : networkNamed(constant);
    return (left, right) => (known ?? tolerantNetwork(right))(left);
  },
  "-strmatch": (constant) => globComparison(constant, false, false),
  "-strcmatch": (constant) => globComparison(constant, true, false),
  "-fnmatch": (constant) => globComparison(constant, false, true),
};

/** As C's atoi: what doesn't begin with a number is 0. */
export function integer(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** A network that comes from the request and is none has no members. */
function tolerantNetwork(text: string): AddressSet {
  try {
    return networkNamed(text);
  } catch {
    return () => false;
  }
}

function globComparison(constant: string | undefined, ignoreCase: boolean, isPath: boolean): Compare {
  const known = constant === undefined ? undefined : globRegex(constant, { ignoreCase, isPath });
  return (left, right) => (known ?? globRegex(right, { ignoreCase, isPath })).test(left);
}

/** `-f PATH` and its kin. */
export const fileTests: Readonly<Record<string, (value: string, context: Context) => boolean>> = {
  d: (value, { request }) => request.world.stat(value)?.kind === "directory",
  e: (value, { request }) => request.world.stat(value) !== null,
  f: (value, { request }) => request.world.stat(value)?.kind === "file",
  s: (value, { request }) => (request.world.stat(value)?.size ?? 0) > 0,
  L: (value, { request }) => request.world.isLink(value),
  h: (value, { request }) => request.world.isLink(value),
  x: (value, { request }) => request.world.stat(value)?.executable === true,
  n: (value) => value !== "",
  z: (value) => value === "",
  // Not "", "0", "off", "false" or "no".
  T: (value) => !/^(?:0|off|false|no)?$/i.test(value),
  R: (value, { request }) => tolerantNetwork(value)(clientAddress(request)),
};
