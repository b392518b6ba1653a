/** The option table: every option once, by subject. Everything about options is read from here. Pure. */

import { access } from "./groups/access.ts";
import { capacity } from "./groups/capacity.ts";
import { compatibility } from "./groups/compatibility.ts";
import { configuration } from "./groups/configuration.ts";
import { content } from "./groups/content.ts";
import { debugging } from "./groups/debugging.ts";
import { environment } from "./groups/environment.ts";
import { general } from "./groups/general.ts";
import type { Group } from "./groups/group.ts";
import { lifetimes } from "./groups/lifetimes.ts";
import { listeners } from "./groups/listeners.ts";
import { logs } from "./groups/logs.ts";
import { monitoring } from "./groups/monitoring.ts";
import { proxies } from "./groups/proxies.ts";
import { services } from "./groups/services.ts";
import { timeouts } from "./groups/timeouts.ts";
import type { Option } from "./option.ts";

/** In the order of `--help` and the manual. */
export const groups: readonly Group[] = [
  content,
  listeners,
  capacity,
  timeouts,
  lifetimes,
  environment,
  logs,
  proxies,
  access,
  configuration,
  monitoring,
  services,
  debugging,
  compatibility,
  general,
];

export const table = {
  ...content.options,
  ...listeners.options,
  ...capacity.options,
  ...timeouts.options,
  ...lifetimes.options,
  ...environment.options,
  ...logs.options,
  ...proxies.options,
  ...access.options,
  ...configuration.options,
  ...monitoring.options,
  ...services.options,
  ...debugging.options,
  ...compatibility.options,
  ...general.options,
};

export type OptionName = keyof typeof table;

/** The value of every option, defaults included. */
export type Values = {
  readonly [Name in OptionName]: (typeof table)[Name] extends Option<infer _, infer Final> ? Final : never;
};

/** The table by name, for those who take every option alike. */
export const options: ReadonlyMap<OptionName, Option> = new Map(Object.entries(table) as [OptionName, Option][]);
