/** The directives of mod_expires. */

import type { Config, Expires, Lifetime } from "../config/config.ts";
import { define, isOn, type Module } from "./definition.ts";

const UNITS: Readonly<Record<string, number>> = {
  year: 31_536_000,
  month: 2_592_000,
  week: 604_800,
  day: 86_400,
  hour: 3600,
  minute: 60,
  second: 1,
};

/** `A3600`, `M60`, or `access plus 1 month 2 days`. */
function parseLifetime(text: string): Lifetime {
  const short = /^([AM])(-?\d+)$/.exec(text);
  if (short !== null) return { from: short[1] === "A" ? "access" : "modification", seconds: Number(short[2]) };
  const [, base, rest] = /^(access|now|modification)\s+(?:plus\s+)?(.*)$/i.exec(text.trim()) ?? [];
  if (base === undefined || rest === undefined)
    throw new Error(`${text} is no lifetime, such as "access plus 1 month"`);
  const words = rest.trim().split(/\s+/);
  let seconds = 0;
  for (let index = 0; index < words.length; index += 2) {
    const count = words[index] ?? "";
    const unit = UNITS[(words[index + 1] ?? "").toLowerCase().replace(/s$/, "")];
    if (!/^\d+$/.test(count) || unit === undefined)
      throw new Error(`${text} is no lifetime: a number and a unit are missing`);
    seconds += Number(count) * unit;
  }
  return { from: base.toLowerCase() === "modification" ? "modification" : "access", seconds };
}

function change(config: Config, changes: Partial<Expires>): void {
  config.expires = { byType: new Map(), ...config.expires, ...changes };
}

export const expiresModule: Module = {
  name: "mod_expires",
  directives: [
    define({
      name: "ExpiresActive",
      words: [1, 1],
      override: "Indexes",
      apply: ([word], { config }) => change(config, { active: isOn(word) }),
    }),
    define({
      name: "ExpiresDefault",
      words: [1, 1],
      override: "Indexes",
      apply: ([text = ""], { config }) => change(config, { fallback: parseLifetime(text) }),
    }),
    define({
      name: "ExpiresByType",
      words: [2, 2],
      override: "Indexes",
      apply([type = "", text = ""], { config }) {
        change(config, {
          byType: new Map([...(config.expires?.byType ?? []), [type.toLowerCase(), parseLifetime(text)]]),
        });
      },
    }),
  ],
  refused: [],
};
