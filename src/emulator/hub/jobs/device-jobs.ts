import type { Table } from "../../state/state.ts";
import type { MethodResult } from "../methods.ts";

/** Where one device of a job stands (Microsoft Learn, "Queries for IoT Hub jobs"). */
export type DeviceJob = { readonly updatedMs: number } & (
  | { readonly status: "pending" }
  | { readonly status: "running"; readonly startMs: number }
  | {
      readonly status: "completed";
      readonly startMs: number;
      readonly endMs: number;
      /** The device's answer, where the job calls a method. */
      readonly response: MethodResult | undefined;
    }
  | {
      readonly status: "failed";
      readonly startMs: number | undefined;
      readonly endMs: number;
      /** A name of Azure's error lists. */
      readonly code: string;
      readonly description: string;
    }
);

/** Names as in the swagger's DeviceJobStatistics; the four counts always sum to `deviceCount`. */
export interface DeviceJobStatistics {
  readonly deviceCount: number;
  readonly failedCount: number;
  readonly succeededCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
}

/** The devices of one job, from pending over running to completed or failed. */
export class DeviceJobs {
  readonly #byId: Table<DeviceJob>;
  readonly #count = { pending: 0, running: 0, completed: 0, failed: 0 };

  constructor(byId: Table<DeviceJob> = new Map()) {
    this.#byId = byId;
    for (const { status } of byId.values()) this.#count[status]++;
  }

  get statistics(): DeviceJobStatistics {
    const { pending, running, completed, failed } = this.#count;
    return {
      deviceCount: this.#byId.size,
      failedCount: failed,
      succeededCount: completed,
      runningCount: running,
      pendingCount: pending,
    };
  }

  /** By device id, in the order in which they were added. */
  all(): IterableIterator<[deviceId: string, state: DeviceJob]> {
    return this.#byId.entries();
  }

  set(deviceId: string, state: DeviceJob): void {
    const before = this.#byId.get(deviceId);
    if (before !== undefined) this.#count[before.status]--;
    this.#count[state.status]++;
    this.#byId.set(deviceId, state);
  }

  forget(): void {
    this.#byId.clear();
  }
}
