import type { Logger } from "../base/log.ts";
import type { TellDpsEvent } from "./dps/dps-event.ts";
import type { TellHubEvent } from "./hub/hub-event.ts";
import { DpsMetrics } from "./metrics/dps-metrics.ts";
import type { CountedHub } from "./metrics/hub-metrics.ts";
import { HubMetrics } from "./metrics/hub-metrics.ts";
import type { EmulatorMetrics } from "./metrics/readings.ts";
import type { Observer } from "./operations/operation-gate.ts";
import { DpsResourceLog } from "./resource-logs/dps-resource-log.ts";
import { HubResourceLog } from "./resource-logs/hub-resource-log.ts";
import { ResourceLog } from "./resource-logs/resource-log.ts";
import type { Surroundings } from "./surroundings.ts";

/** Those who watch one service: the ends of its operations, and what happens beside them. */
export interface Watchers<Tell> {
  readonly observers: readonly Observer[];
  readonly tell: Tell;
}

/** What the hubs and DPS count and log, as Azure Monitor has it. */
export class Monitoring {
  readonly resourceLog: ResourceLog;
  readonly #around: Surroundings;
  readonly #since: string;
  readonly #hubs = new Map<string, HubMetrics>();
  readonly #dps = new Map<string, DpsMetrics>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#since = new Date(around.clock()).toISOString();
    this.resourceLog = new ResourceLog({
      clock: around.clock,
      maxCount: around.limits.resourceLogMaxCount,
    });
  }

  /** Watches a hub from now on. */
  ofHub(hostName: string): Watchers<TellHubEvent> {
    const log = this.#logOf({ component: "hub", hub: hostName });
    const write = this.resourceLog.of({ type: "IotHubs", hostName, log });
    const [metrics, logs] = [new HubMetrics(), new HubResourceLog(write)];
    this.#hubs.set(hostName, metrics);
    return {
      observers: [metrics, logs],
      tell: (event) => {
        metrics.happened(event);
        logs.happened(event);
      },
    };
  }

  /** Watches a DPS instance from now on. */
  ofDps(hostName: string): Watchers<TellDpsEvent> {
    const log = this.#logOf({ component: "dps" });
    const write = this.resourceLog.of({ type: "provisioningServices", hostName, log });
    const [name = hostName] = hostName.split(".");
    const metrics = new DpsMetrics(name);
    this.#dps.set(hostName, metrics);
    return {
      observers: [metrics, new DpsResourceLog(write)],
      tell: (event) => metrics.happened(event),
    };
  }

  /** All metrics, as they are now; a hub that is not watched is left out. */
  metrics(hubs: Iterable<CountedHub & { readonly hostName: string }>): EmulatorMetrics {
    const readings = [...hubs].flatMap((hub) => {
      const metrics = this.#hubs.get(hub.hostName);
      return metrics === undefined ? [] : [[hub.hostName, metrics.read(hub)] as const];
    });
    const instances = [...this.#dps].map(([name, metrics]) => [name, metrics.read()] as const);
    return {
      since: this.#since,
      time: new Date(this.#around.clock()).toISOString(),
      hubs: Object.fromEntries(readings),
      provisioningServices: Object.fromEntries(instances),
    };
  }

  #logOf(fields: Readonly<Record<string, string>>): Logger {
    return this.#around.log.child(fields);
  }
}
