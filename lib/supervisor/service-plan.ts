/** How the services of these settings are started. */

import type { ServiceConfig } from "../control/worker.ts";
import { accountOf } from "../os/users.ts";
import type { Service, Settings } from "../settings/settings.ts";
import { workerEnvironment, type Environment } from "./child-environment.ts";
import type { Journal } from "./journal.ts";
import type { ServicePlan } from "./services.ts";
import { pythonCommand, usableDirectory } from "./worker-plan.ts";

/**
 * The plans of all services. `runAs`, `port` and `own` as in worker-plan.ts; `output` is where what a service prints and
 * logs goes to.
 */
export function servicePlans(
  settings: Settings,
  runAs: readonly string[],
  port: number,
  own: Environment,
  journal: Journal,
  output: (service: Service) => Journal,
  metrics: ServicePlan["metrics"],
): readonly ServicePlan[] {
  return settings.services.map((service) => {
    const { identity } = service;
    const group = `service:${service.name}`;
    const title = `(wsgi:${group})`;
    return {
      group,
      identity: `uid=${identity.uid}, gid=${identity.gid} and threads=0`,
      output: output(service),
      metrics,
      launch() {
        const workingDirectory = usableDirectory(settings.workers.workingDirectory, journal);
        return {
          argv: pythonCommand(settings, identity, title, runAs),
          cwd: workingDirectory,
          environment: workerEnvironment(settings, own, port, identity.drop ? accountOf(identity.uid) : undefined),
          config: serviceConfig(settings, service.script, group, title, workingDirectory),
          onTerminal: false,
        };
      },
    };
  });
}

function serviceConfig(
  { monitoring, workers }: Settings,
  script: string,
  processGroup: string,
  title: string,
  workingDirectory: string,
): ServiceConfig {
  return {
    kind: "service",
    title,
    script,
    workingDirectory,
    pythonPath: workers.pythonPath,
    processEnvironment: {},
    processGroup,
    maximumProcesses: 1,
    threads: 0,
    reloading: false,
    embedded: false,
    serverMetrics: monitoring.serverMetrics,
  };
}
