/**
 * Which environ pairs a worker remembers for us, see DEFINE in channel/frames.ts. Pure.
 *
 * Slots are handed out in a circle: the one defined longest ago is defined anew. That suits connections, which are busy for
 * a while and then gone, and costs nothing per request.
 */

import type { Common } from "../../http/exchange.ts";

export interface Slots {
  /** The slot that holds these pairs, or 0. */
  find(common: Common): number;
  /** Gives them a slot; 0 when the worker has none. */
  assign(common: Common): number;
}

/** @param count as the worker's HELLO says. */
export function createSlots(count: number): Slots {
  const owners: Common[] = [];
  const slotOf = new Map<Common, number>();
  let next = 0;
  return {
    find: (common) => slotOf.get(common) ?? 0,
    assign(common) {
      if (count === 0) return 0;
      const index = next;
      next = (next + 1) % count;
      const former = owners[index];
      if (former !== undefined) slotOf.delete(former);
      owners[index] = common;
      slotOf.set(common, index + 1);
      return index + 1;
    },
  };
}
