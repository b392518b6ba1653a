/**
 * Chooses the worker for each request, and keeps those for which no worker is free. Front ends choose; workers never
 * compete for requests.
 */

import type { Traffic } from "../../metrics/traffic.ts";
import type { WsgiCall } from "./call.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface PoolLimits {
  /**
   * Requests in hand at once, running and waiting: more wait too, but their time has not begun. However many run, so many
   * of those that wait are in hand as are `spare`.
   */
  readonly capacity: number;
  readonly spare: number;
  /** Other front ends have the same workers. */
  readonly shared: boolean;
  /** How many may wait before --connect-timeout applies to the rest. */
  readonly backlog: number;
  /** Milliseconds; 0 is no limit. */
  readonly connectMs: number;
  readonly queueMs: number;
}

/** How often a worker whose threads all belong to other front ends is asked again, while requests wait here. */
const RETRY_MS = 10;

export class WorkerPool {
  #links: WorkerLink[] = [];
  #waiting: WsgiCall[] = [];
  /** Index of the first that waits: taking from the front of an array would move all the others. */
  #first = 0;
  #limits: PoolLimits;
  #clock: { readonly nowMs: number };
  #traffic: Traffic;
  #retryAsked = false;

  constructor(limits: PoolLimits, clock: { readonly nowMs: number }, traffic: Traffic) {
    this.#limits = limits;
    this.#clock = clock;
    this.#traffic = traffic;
  }

  get links(): readonly WorkerLink[] {
    return this.#links;
  }

  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  /** Requests in the hands of workers. */
  get running(): number {
    return this.#links.reduce((sum, { load }) => sum + load, 0);
  }

  /** How long the first of those that wait has been waiting, in ms. */
  get oldestWaitMs(): number {
    const first = this.#waiting[this.#first];
    return first === undefined ? 0 : performance.now() - first.queuedAtMs;
  }

  /** Some worker takes requests. */
  get usable(): boolean {
    return this.#links.some((link) => link.usable);
  }

  add(link: WorkerLink): void {
    this.#links.push(link);
  }

  remove(link: WorkerLink): void {
    this.#links = this.#links.filter((other) => other !== link);
  }

  /** Gives the call to a worker now, or as soon as one is free. */
  submit(call: WsgiCall): void {
    if (this.waiting === 0) {
      const link = this.#choose(!call.returned);
      if (link !== null) {
        link.request(call, link.load >= link.window);
        this.#traffic.waited(0);
        return;
      }
    }
    call.queuedAtMs = performance.now();
    this.#waiting.push(call);
    if (this.waiting <= this.#room()) call.waitingSinceMs = this.#clock.nowMs;
    if (this.#limits.shared) this.#askRetry();
  }

  /** A worker gave this one back unstarted: it goes before all others. */
  resubmit(call: WsgiCall): void {
    call.returned = true;
    call.queuedAtMs = performance.now();
    if (call.waitingSinceMs === 0) call.waitingSinceMs = this.#clock.nowMs;
    if (this.#first > 0) this.#waiting[--this.#first] = call;
    else this.#waiting.unshift(call);
    this.serve();
  }

  /** There is room somewhere: hands out what waits. */
  serve(): void {
    while (this.#first < this.#waiting.length) {
      const call = this.#waiting[this.#first] as WsgiCall;
      if (call.live) {
        const link = this.#choose(!call.returned);
        if (link === null) break;
        link.request(call, link.load >= link.window);
        // One that came back was counted before.
        if (!call.returned) this.#traffic.waited(performance.now() - call.queuedAtMs);
      }
      this.#first++;
    }
    // Moving what is left is only worth it when most of the array is behind us.
    if (this.#first === this.#waiting.length || this.#first > 1024) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    if (this.#limits.shared && this.waiting > 0) this.#askRetry();
  }

  /** The server stops: what waits although no worker is left is answered now, the rest when it is served. */
  close(): void {
    if (!this.usable) this.#failWaiting("the server stops and has no worker");
  }

  /** The time to stop is up: whatever is still in hand ends. */
  giveUp(): void {
    this.#failWaiting("the server stops");
    for (const link of this.#links) link.giveUp("the server stops, and --shutdown-timeout is over", 503);
  }

  #failWaiting(why: string): void {
    const waiting = this.#waiting.slice(this.#first);
    this.#waiting = [];
    this.#first = 0;
    for (const call of waiting) if (call.live) call.keeper.fail(call, 503, why);
  }

  /** Ends the waits that have been too long, and forgets whose client has gone. */
  tick(nowMs: number): void {
    const { backlog, connectMs, queueMs } = this.#limits;
    if (this.waiting === 0) return;
    this.#waiting = this.#waiting.slice(this.#first).filter(({ live }) => live);
    this.#first = 0;
    const expired: [call: WsgiCall, status: number, why: string][] = [];
    for (const [index, call] of this.#waiting.slice(0, this.#room()).entries()) {
      if (call.waitingSinceMs === 0) call.waitingSinceMs = nowMs;
      const waitedMs = nowMs - call.waitingSinceMs;
      if (queueMs > 0 && waitedMs > queueMs) {
        expired.push([call, 504, "it waited for a worker longer than --queue-timeout"]);
      } else if (index >= backlog && waitedMs >= connectMs) {
        expired.push([call, 503, "more requests than --daemon-backlog waited for longer than --connect-timeout"]);
      }
    }
    for (const [call, status, why] of expired) {
      this.#traffic.expired();
      call.keeper.fail(call, status, why);
    }
  }

  /** How many of those that wait are in hand. */
  #room(): number {
    const { capacity, spare } = this.#limits;
    return Math.max(spare, capacity - this.running);
  }

  /** Other front ends free threads too, of which only the worker knows: a request is tried there now and then. */
  #askRetry(): void {
    if (this.#retryAsked) return;
    this.#retryAsked = true;
    setTimeout(() => {
      this.#retryAsked = false;
      for (const link of this.#links) if (link.window < link.threads && link.load >= link.window) link.window++;
      this.serve();
    }, RETRY_MS);
  }

  /**
   * The worker with the least to do that has a free thread, or may be sent a request ahead; null when all are busy. One that
   * could not load the application fails fast and so has little to do: it only counts where none has the application.
   */
  #choose(mayPrefetch: boolean): WorkerLink | null {
    let best: WorkerLink | null = null;
    let bestLoad = Infinity;
    let loaded = false;
    for (const link of this.#links) {
      if (!link.usable) continue;
      if (link.loaded !== loaded) {
        if (loaded) continue;
        loaded = true;
        best = null;
        bestLoad = Infinity;
      }
      const { load } = link;
      if (load >= bestLoad) continue;
      if (load >= link.window && (!mayPrefetch || load >= link.threads + link.pace.ahead())) continue;
      best = link;
      bestLoad = load;
    }
    return best;
  }
}
