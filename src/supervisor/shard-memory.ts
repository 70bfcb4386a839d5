import type { FaultSpec } from "../base/fault-spec.ts";
import { groupedBy } from "../base/grouped-by.ts";
import type { StopKind } from "../base/stop-kind.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import type { DeviceCommand, ShardStart } from "../worker/protocol.ts";

/** What the devices of one shard were told while the run went on, for the next worker that hosts them. */
export class ShardMemory {
  /** When devices were due for the first time that have no time in the plan. */
  readonly #firstMs = new Map<string, number>();
  /** Devices whose time in the plan was taken back. */
  readonly #held = new Set<string>();
  /** When devices were told to boot again. */
  readonly #againMs = new Map<string, number>();
  readonly #stopped = new Map<string, StopKind>();
  readonly #intervalMs = new Map<string, number>();
  readonly #faults = new Map<string, readonly FaultSpec[]>();

  /** Keeps what a command says. */
  note(command: DeviceCommand): void {
    switch (command.type) {
      case "startDevices":
        for (const { registrationId: id, dueMs } of command.starts) {
          if (!this.#firstMs.has(id)) this.#firstMs.set(id, dueMs);
          if (this.#stopped.delete(id)) this.#againMs.set(id, dueMs);
        }
        return;
      case "holdStarts":
        for (const id of command.registrationIds) {
          this.#held.add(id);
          this.#firstMs.delete(id);
        }
        return;
      case "stopDevices":
        for (const id of command.registrationIds) this.#stopped.set(id, command.how);
        return;
      case "deviceFault":
        for (const id of command.registrationIds) {
          this.#faults.set(id, [...(this.#faults.get(id) ?? []), command.fault]);
        }
        return;
      case "retune":
        for (const id of command.registrationIds) this.#intervalMs.set(id, command.intervalMs);
        return;
      default:
        command satisfies never;
    }
  }

  /**
   * The planned shard with all that in it: devices that are stopped have no time, those that are to boot again later
   * have that one, and faults that are over by `atMs` are left out.
   */
  applied(shard: ShardStart, atMs: number): ShardStart {
    const isAhead = ({ times }: FaultSpec): boolean =>
      times.by !== "script" || times.atMs + (times.forMs ?? Infinity) > atMs;
    const devices = shard.devices.map((device): DeviceSpec => {
      const { registrationId: id, telemetry, faults = [] } = device;
      const added = this.#faults.get(id)?.filter(isAhead) ?? [];
      return {
        ...device,
        telemetry: { ...telemetry, intervalMs: this.#intervalMs.get(id) ?? telemetry.intervalMs },
        ...(added.length > 0 && { faults: [...faults, ...added] }),
        startMs: this.#startMs(device, atMs),
      };
    });
    return { ...shard, devices };
  }

  /** What tells a worker of the devices that are stopped, so that it tells their state. */
  get stops(): readonly DeviceCommand[] {
    const byHow = groupedBy(this.#stopped, ([, how]) => how);
    return [...byHow].map(([how, devices]) => ({
      type: "stopDevices",
      registrationIds: devices.map(([id]) => id),
      how,
    }));
  }

  #startMs({ registrationId: id, startMs }: DeviceSpec, atMs: number): number | null {
    if (this.#stopped.has(id)) return null;
    const againMs = this.#againMs.get(id);
    // One that is past says nothing: a restarted worker starts its devices as far apart as the plan does.
    if (againMs !== undefined && againMs > atMs) return againMs;
    const plannedMs = this.#held.has(id) ? null : startMs;
    return plannedMs ?? this.#firstMs.get(id) ?? null;
  }
}

/** The part of a command that is for these devices; undefined = nothing of it. */
export function narrowed(
  command: DeviceCommand,
  has: (registrationId: string) => boolean,
): DeviceCommand | undefined {
  if (command.type === "startDevices") {
    const starts = command.starts.filter(({ registrationId }) => has(registrationId));
    return starts.length === 0 ? undefined : { ...command, starts };
  }
  const registrationIds = command.registrationIds.filter(has);
  return registrationIds.length === 0 ? undefined : { ...command, registrationIds };
}
