import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Registration } from "./registrations.ts";

export type PollOutcome =
  { readonly kind: "assigning" } | { readonly kind: "finished"; readonly record: Registration };

interface Operation {
  readonly operationId: string;
  /** No poll finds it finished before, in ms since 1970. */
  readonly readyAtMs: number;
  /** undefined while it runs */
  readonly record: Registration | undefined;
}

/** The latest registration operation of each device; an older one is not found any more. */
export class Operations {
  readonly #around: Surroundings;
  readonly #byDevice = new Map<string, Operation>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /**
   * @returns the operation's id
   * @throws {ServiceFault} `registrationConflict` while one of this device runs; the text is the one that
   *   Azure/azure-iot-sdk-c reports of two registrations of one id at the same time
   */
  begin(registrationId: string): string {
    const key = registrationId.toLowerCase();
    const running = this.#byDevice.get(key);
    if (running !== undefined && running.record === undefined)
      throw new ServiceFault("registrationConflict", "Precondition failed.");
    const { clock, limits, newId } = this.#around;
    const operationId = `5.${newId().replaceAll("-", "").slice(0, 16)}.${newId()}`;
    const readyAtMs = clock() + limits.assignmentMs;
    this.#byDevice.set(key, { operationId, readyAtMs, record: undefined });
    return operationId;
  }

  finish(registrationId: string, record: Registration): void {
    const key = registrationId.toLowerCase();
    const operation = this.#byDevice.get(key);
    if (operation !== undefined) this.#byDevice.set(key, { ...operation, record });
  }

  /** @throws {ServiceFault} `operationNotFound` */
  poll(registrationId: string, operationId: string): PollOutcome {
    const operation = this.#byDevice.get(registrationId.toLowerCase());
    if (operation?.operationId !== operationId)
      throw new ServiceFault("operationNotFound", "Operation not found.");
    const { record, readyAtMs } = operation;
    return record === undefined || this.#around.clock() < readyAtMs
      ? { kind: "assigning" }
      : { kind: "finished", record };
  }
}
