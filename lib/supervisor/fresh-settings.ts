/** What front ends are started with: the settings, whose directives are read anew when the server restarts. */

import type { Settings } from "../settings/settings.ts";

/** Reads the files of directives again: the settings with what they say now, or what is wrong with them. */
export type Reread = () => Settings | { readonly problem: string };

export interface FreshSettings {
  /** Those that worked last. */
  readonly settings: Settings;
  /** Reads the files again. @returns why the settings stay as they were; null when they don't */
  renew(): string | null;
  /** Why a server that starts now would not; null when it would. */
  problem(): string | null;
}

export function freshSettings(settings: Settings, reread: Reread): FreshSettings {
  let current = settings;
  return {
    get settings() {
      return current;
    },
    renew() {
      const next = reread();
      if ("problem" in next) return next.problem;
      // Only what directives can say: all else is as it was when the server started.
      const { directives, limits, proxies, timeouts } = next;
      current = { ...settings, directives, limits, proxies, timeouts };
      return null;
    },
    problem() {
      const next = reread();
      return "problem" in next ? next.problem : null;
    },
  };
}
