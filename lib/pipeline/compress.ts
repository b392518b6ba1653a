/** The stage of --compress-responses: who takes what, and conditions on what they were given before. */

import { codingFor, plainConditions, type Coding, type PlainConditions } from "../http/content-coding.ts";
import { field, newCommon, type Common, type RequestHead } from "../http/exchange.ts";
import { changedHead } from "../http/wrapped-exchange.ts";
import { CompressingExchange } from "./compressing-exchange.ts";
import type { Stage } from "./stage.ts";

/** What follows from the fields of a request, which a client repeats on its connection. */
interface Asked {
  readonly coding: Coding | null;
  readonly conditions: PlainConditions | undefined;
  /** Of the head with other conditions. */
  readonly common: Common;
}

export function compressStage(): Stage {
  const known = new WeakMap<Common, Asked>();
  return (exchange, next) => {
    const { head } = exchange;
    let asked = known.get(head.common);
    if (asked === undefined) known.set(head.common, (asked = readAsked(head)));
    const { coding, conditions, common } = asked;
    const plain = conditions === undefined ? head : changedHead(head, { ...conditions.head, common });
    next(new CompressingExchange(exchange, plain, coding, conditions?.clientTags ?? NO_TAGS));
  };
}

function readAsked(head: RequestHead): Asked {
  const accepted = field(head, "accept-encoding");
  return {
    coding: accepted === undefined ? null : codingFor(accepted),
    conditions: plainConditions(head),
    common: newCommon(),
  };
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();
