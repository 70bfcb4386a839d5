import type { Deferred } from "../../base/deferred.ts";
import { deferred } from "../../base/deferred.ts";
import { FleetError } from "../../base/errors.ts";
import { faultKind } from "../../base/fault-kinds.ts";
import type { JsonObject } from "../../base/json.ts";
import { orAborted } from "../../base/or-aborted.ts";
import { sleep } from "../../base/retry.ts";
import type { Aggregate } from "../../metrics/aggregate.ts";
import type { ServiceFault } from "../../scenario/service-fault.ts";
import type { EmulatorFaults } from "../../service/emulator-faults.ts";
import type { RunServices } from "../run-services.ts";
import type { ActionOutcome, ActionRound } from "../timeline/action-doer.ts";

/** Between two looks at whether a fault has had its last strike, in ms. */
const LOOK_MS = 500;

export interface ServiceFaultsOptions {
  /** There by the time that the first action is due. */
  readonly services: () => Pick<RunServices, "faults" | "endWithRun" | "isForAll">;
  readonly aggregate: Pick<Aggregate, "row">;
  /** Told where a fault may have stayed on the emulator. */
  readonly warn: (text: string) => void;
}

/** A fault that this run has put on. */
interface FaultOn {
  /** As the timeline calls the entry. */
  readonly name: string | undefined;
  readonly ended: Deferred<void>;
}

/** Faults of services and networks: put on the run's emulator, and taken from it again in any case. */
export class ServiceFaults {
  readonly #options: ServiceFaultsOptions;
  /** By the emulator's number. */
  readonly #on = new Map<string, FaultOn>();

  constructor(options: ServiceFaultsOptions) {
    this.#options = options;
  }

  /** Ends when the fault is over, or with its begin where it stays. */
  async begin({ planned, devices, signal }: ActionRound): Promise<ActionOutcome> {
    const { action, name } = planned;
    if (action.kind !== "serviceFault") throw new TypeError("no fault of services");
    const { fault, forMs } = action;
    const isNarrowed = action.devices !== undefined;
    const isMine = isNarrowed ? devices.length > 0 : this.#options.services().isForAll;
    if (isMine) {
      const request = { ...requestOf(fault, forMs), ...this.#scope(fault, isNarrowed && devices) };
      await this.#last(await this.#emulator.put(request), { name, forMs, fault, signal });
    } else if (forMs !== undefined) await untilAborted(sleep(forMs, signal), signal);
    return { done: isMine ? devices.length : 0, errors: [] };
  }

  /** Ends what an entry put on, in all its rounds. */
  async end({ planned: { action } }: ActionRound): Promise<ActionOutcome> {
    if (action.kind !== "endFault") throw new TypeError("no end of a fault");
    const ids = [...this.#on].flatMap(([id, { name }]) => (name === action.name ? [id] : []));
    await Promise.all(ids.map((id) => this.#remove(id)));
    return { done: 0, errors: [] };
  }

  /** Takes away all that is still on; safe to call twice. Never rejects: what stays is told. */
  async clear(): Promise<void> {
    await Promise.all(
      [...this.#on.keys()].map(async (id) => {
        try {
          await this.#remove(id);
        } catch (error) {
          if (!(error instanceof FleetError)) throw error;
          if (this.#options.services().endWithRun) return;
          this.#options.warn(`fault ${id} may still be on the emulator: ${error.message}`);
        }
      }),
    );
  }

  get #emulator(): EmulatorFaults {
    const { faults } = this.#options.services();
    if (faults === undefined) {
      throw new FleetError("REFUSED", "only an emulator can have faults of services and networks");
    }
    return faults;
  }

  /** Keeps a fault in mind until it is over; one that stays is over with the run. */
  async #last(
    id: string,
    given: {
      readonly name: string | undefined;
      readonly forMs: number | undefined;
      readonly fault: ServiceFault;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { name, forMs, fault, signal } = given;
    const ended = deferred<void>();
    this.#on.set(id, { name, ended });
    if (forMs === undefined && fault.times === undefined) return;
    // Ended by its time, its strikes, an action, or with the run, which removes it.
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const ends: Promise<void>[] = [orAborted(ended.promise, either)];
    if (forMs !== undefined) ends.push(sleep(forMs, either));
    if (fault.times !== undefined) ends.push(this.#untilStruck(id, either));
    try {
      await untilAborted(Promise.race(ends), signal);
      await this.#remove(id);
    } finally {
      over.abort();
      await Promise.allSettled(ends);
    }
  }

  async #untilStruck(id: string, signal: AbortSignal): Promise<void> {
    const faults = this.#emulator;
    do await sleep(LOOK_MS, signal);
    while (await faults.isOn(id));
  }

  async #remove(id: string): Promise<void> {
    const fault = this.#on.get(id);
    if (fault === undefined) return;
    await this.#emulator.remove(id);
    this.#on.delete(id);
    fault.ended.resolve();
  }

  /** @param devices registration ids; false = the fault is for all */
  #scope(
    { kind, service, operations }: ServiceFault,
    devices: readonly string[] | false,
  ): JsonObject {
    const { at } = faultKind(kind);
    const isAtHubs = at !== "dps" && service !== "dps";
    const isAtDps = at !== "hubs" && (service === undefined || service === "dps");
    const ids =
      devices === false
        ? []
        : devices.flatMap((id) => [
            ...(isAtDps ? [id] : []),
            ...(isAtHubs ? [this.#options.aggregate.row(id)?.deviceId || id] : []),
          ]);
    return {
      scope: {
        ...(service !== undefined && { service }),
        ...(operations !== undefined && { operations: [...operations] }),
        ...(devices !== false && { devices: [...new Set(ids)] }),
      },
    };
  }
}

const requestOf = (
  { kind, parameters, seed, times }: ServiceFault,
  forMs: number | undefined,
): JsonObject => ({
  kind,
  parameters,
  seed,
  ...(times !== undefined && { times }),
  // The emulator ends it by itself, also where the run is gone by then.
  ...(forMs !== undefined && { durationMs: forMs }),
});

/** Waits; the end of the run ends it too. */
async function untilAborted(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
