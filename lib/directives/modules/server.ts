/** Directives that say what an option says: of Apache's HTTP core, and of mod_wsgi. */

import type { Timeouts } from "../../settings/settings.ts";
import { define, isOn, type Module, type Scope } from "./definition.ts";

function changeTimeouts({ server }: Scope, changes: Partial<Timeouts>): void {
  server.changes.push((settings) => ({ ...settings, timeouts: { ...settings.timeouts, ...changes } }));
}

export const httpModule: Module = {
  name: "http_core",
  directives: [
    define({
      name: "KeepAlive",
      words: [1, 1],
      where: "server",
      override: null,
      shortfall: "`On` leaves --keep-alive-timeout as it is",
      apply([word], scope) {
        if (!isOn(word)) changeTimeouts(scope, { keepAliveMs: 0 });
      },
    }),
    define({
      name: "KeepAliveTimeout",
      words: [1, 1],
      where: "server",
      override: null,
      apply([word = ""], scope) {
        const [, digits, unit] = /^(\d{1,6})(ms)?$/.exec(word) ?? [];
        if (digits === undefined) throw new Error(`${word} is no number of seconds`);
        changeTimeouts(scope, { keepAliveMs: Number(digits) * (unit === undefined ? 1000 : 1) });
      },
    }),
    define({
      name: "MaxKeepAliveRequests",
      words: [1, 1],
      where: "server",
      override: null,
      shortfall: "accepted; a connection may carry any number of requests",
      apply: () => undefined,
    }),
  ],
  refused: [],
};

export const wsgiModule: Module = {
  name: "mod_wsgi",
  directives: [
    define({
      name: "WSGIPassAuthorization",
      words: [1, 1],
      override: "AuthConfig",
      shortfall: "`On`, as it is anyway",
      apply([word]) {
        if (!isOn(word))
          throw new Error("the application always sees Authorization; RequestHeader unset takes it away");
      },
    }),
  ],
  refused: [],
};
