import type { HubEvent } from "../hub/hub-event.ts";
import type { IotHub } from "../hub/hub.ts";
import type { Job } from "../hub/jobs/job.ts";
import type { Observer, Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import { Counter } from "./counter.ts";
import { eachOf } from "./each-of.ts";
import { HUB_COUNTERS, HUB_MEASURES, HUB_SNAPSHOTS } from "./hub-catalogue.ts";
import { Measure } from "./measure.ts";
import type { HubReadings } from "./readings.ts";
import type { CountedRouter } from "./routing-readings.ts";
import { readRouting } from "./routing-readings.ts";

/** What is read where it is kept. */
export interface CountedHub {
  readonly connections: Pick<IotHub["connections"], "count">;
  readonly devices: Pick<IotHub["devices"], "size">;
  readonly routing: CountedRouter;
  readonly throttling: { readonly quota: Pick<IotHub["throttling"]["quota"], "used"> };
  readonly traffic: Pick<IotHub["traffic"], "bytes">;
}

type CounterName = keyof typeof HUB_COUNTERS;
/** What has a counter of its good ends, and one of the others. */
type CountedByEnd = CounterName extends infer N
  ? N extends `${infer B}.failure`
    ? B
    : never
  : never;

interface Counted {
  readonly name: CountedByEnd;
  /** What is measured of a good end: the size of what was asked, or of the answer. */
  readonly size?: { readonly name: keyof typeof HUB_MEASURES; readonly of: "asked" | "answer" };
}

const BY_KIND: Readonly<Partial<Record<OperationKind, Counted>>> = {
  readOwnTwin: { name: "d2c.twin.read", size: { name: "d2c.twin.read.size", of: "answer" } },
  updateReported: { name: "d2c.twin.update", size: { name: "d2c.twin.update.size", of: "asked" } },
  readTwin: { name: "c2d.twin.read", size: { name: "c2d.twin.read.size", of: "answer" } },
  updateTwin: { name: "c2d.twin.update", size: { name: "c2d.twin.update.size", of: "asked" } },
  // Its sizes are those of the payloads, which an event tells.
  invokeMethod: { name: "c2d.methods" },
  queryTwins: { name: "twinQueries", size: { name: "twinQueries.resultSize", of: "answer" } },
  cancelJob: { name: "jobs.cancelJob" },
  // The call that JobClient.createQuery of the SDKs makes; lists are of import and export jobs.
  listJobs: { name: "jobs.queryJobs" },
};

/** A body that names no type of jobs counts for none. */
const BY_JOB_TYPE: Readonly<Record<string, Counted>> = {
  scheduleUpdateTwin: { name: "jobs.createTwinUpdateJob" },
  scheduleDeviceMethod: { name: "jobs.createDirectMethodJob" },
};

const present = (current: number) => ({ unit: HUB_SNAPSHOTS.totalDeviceCount.unit, current });

/** Counts what a hub does, as Azure Monitor does; what a hub keeps of itself is read there. */
export class HubMetrics implements Observer {
  readonly #counters = eachOf(HUB_COUNTERS, ({ unit }) => new Counter(unit));
  readonly #measures = eachOf(HUB_MEASURES, ({ unit }) => new Measure(unit));
  // For every message.
  readonly #sends = this.#counters["d2c.telemetry.ingress.allProtocol"];
  readonly #sent = this.#counters["d2c.telemetry.ingress.success"];
  /** Of the patches of jobs, which are the same for each device. */
  readonly #patchBytes = new WeakMap<Job, number>();

  ended({ kind, variant, bytes }: Operation, { fault, answerBytes }: Outcome): void {
    if (kind === "sendTelemetry") {
      this.#sends.add();
      if (fault === undefined) this.#sent.add();
      else if (fault.status === 429) this.#counters["d2c.telemetry.ingress.sendThrottle"].add();
      return;
    }
    const counted = kind === "createJob" ? BY_JOB_TYPE[variant ?? ""] : BY_KIND[kind];
    if (counted === undefined) return;
    this.#ended(counted.name, fault === undefined);
    if (fault === undefined && counted.size !== undefined)
      this.#measures[counted.size.name].note(counted.size.of === "asked" ? bytes : answerBytes);
  }

  happened(event: HubEvent): void {
    switch (event.type) {
      case "commandCompleted":
        this.#counters["c2d.commands.egress.complete.success"].add();
        return;
      case "commandExpired":
        this.#counters.C2DMessagesExpired.add();
        return;
      case "methodAnswered":
        this.#measures["c2d.methods.requestSize"].note(event.requestBytes);
        this.#measures["c2d.methods.responseSize"].note(event.responseBytes);
        return;
      case "jobTriedDevice":
        this.#jobTriedDevice(event.job, event.fault === undefined);
        return;
      case "jobEnded":
        if (event.job.status === "completed") this.#counters["jobs.completed"].add();
        if (event.job.status === "failed") this.#counters["jobs.failed"].add();
        return;
      case "deviceConnected":
      case "deviceDisconnected":
      case "messageOrphaned":
      case "commandDeliveredTooOften":
        return;
      default:
        event satisfies never;
    }
  }

  read(hub: CountedHub): HubReadings {
    const counters = eachOf(this.#counters, (counter) => counter.read());
    const measures = eachOf(this.#measures, (measure) => measure.read());
    const usage = { ...counters.deviceDataUsage, total: hub.traffic.bytes };
    return {
      ...counters,
      ...measures,
      deviceDataUsage: usage,
      deviceDataUsageV2: usage,
      dailyMessageQuotaUsed: present(hub.throttling.quota.used),
      totalDeviceCount: present(hub.devices.size),
      connectedDeviceCount: present(hub.connections.count),
      "devices.totalDevices": present(hub.devices.size),
      "devices.connectedDevices.allProtocol": present(hub.connections.count),
      ...readRouting(hub.routing),
    };
  }

  #ended(name: CountedByEnd, isDone: boolean): void {
    this.#counters[`${name}.${isDone ? "success" : "failure"}`].add();
  }

  /** What a job does counts as if a service had asked for it. */
  #jobTriedDevice(job: Job, isDone: boolean): void {
    const { action } = job.request;
    if (action.type === "scheduleDeviceMethod") return this.#ended("c2d.methods", isDone);
    this.#ended("c2d.twin.update", isDone);
    if (isDone) this.#measures["c2d.twin.update.size"].note(this.#patchBytesOf(job, action.patch));
  }

  #patchBytesOf(job: Job, patch: object): number {
    const known = this.#patchBytes.get(job);
    if (known !== undefined) return known;
    const bytes = Buffer.byteLength(JSON.stringify(patch));
    this.#patchBytes.set(job, bytes);
    return bytes;
  }
}
