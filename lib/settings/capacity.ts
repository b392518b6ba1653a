/** How many clients Apache would handle at once: the numbers of the banner. Pure. */

export interface Capacity {
  readonly event: number;
  readonly prefork: number;
}

/** In embedded mode each client has a thread of the application: there is no queue in which others could wait. */
export function embeddedCapacity(processes: number, threads: number): Capacity {
  return { event: processes * threads, prefork: processes * threads };
}

/** `maxClients` is the value of --max-clients, undefined when it was not given. */
export function capacityOf(processes: number, threads: number, maxClients: number | undefined): Capacity {
  const base = processes * threads;
  const clients = maxClients === undefined ? 10 + Math.max(10, Math.floor(1.5 * base)) : Math.max(maxClients, base);
  // The event and worker modules start whole children of equal size: about 20 clients each, 10 for a small site.
  const perChild = clients <= 20 ? 10 : Math.floor(clients / (Math.floor(clients / 20) + 1));
  return { event: Math.ceil(clients / perChild) * perChild, prefork: clients };
}
