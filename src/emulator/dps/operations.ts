import { ServiceFault } from "../fault.ts";
import type { Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AttestedDevice } from "./attested-device.ts";
import type { Enrollment } from "./enrollments.ts";
import { operationCodec } from "./operation-codec.ts";
import type { Registration } from "./registrations.ts";

export type PollOutcome =
  { readonly kind: "assigning" } | { readonly kind: "finished"; readonly record: Registration };

/** What an assignment needs to begin anew, where the emulator is stopped before it ends. */
export type AskedAssignment = Pick<
  AttestedDevice,
  "registrationId" | "apiVersion" | "payload" | "credential"
> & { readonly enrollment: Pick<Enrollment, "kind" | "id"> };

export type Operation = {
  readonly operationId: string;
  /** No poll finds it finished before, in ms since 1970. */
  readonly readyAtMs: number;
} & (
  | { readonly kind: "running"; readonly asked: AskedAssignment }
  | { readonly kind: "finished"; readonly record: Registration }
);

/** Finished operations that are kept: devices poll within seconds, and a fleet of this size has its answers by then. */
const FINISHED_MAX = 100_000;

/**
 * The latest registration operation of each device; an older one is not found any more, and of those that are finished
 * the oldest are forgotten.
 */
export class Operations {
  readonly #around: Surroundings;
  readonly #byDevice: Table<Operation>;
  readonly #finishedMax: number;
  /** The devices whose operations are finished, in the order in which they were. */
  readonly #finished = new Set<string>();

  /** @param finishedMax how many finished ones are kept */
  constructor(around: Surroundings, finishedMax = FINISHED_MAX) {
    this.#around = around;
    this.#finishedMax = finishedMax;
    this.#byDevice = around.state.table("dps/operations", operationCodec);
    for (const [key, { kind }] of this.#byDevice) if (kind === "finished") this.#finished.add(key);
  }

  /** Those that have no end yet. */
  running(): readonly AskedAssignment[] {
    return [...this.#byDevice.values()].flatMap((one) => (one.kind === "running" ? one.asked : []));
  }

  /**
   * @returns the operation's id
   * @throws {ServiceFault} `registrationConflict` while one of this device runs; the text is the one that
   *   Azure/azure-iot-sdk-c reports of two registrations of one id at the same time
   */
  begin(device: AskedAssignment): string {
    const { registrationId, apiVersion, payload, credential } = device;
    const key = registrationId.toLowerCase();
    if (this.#byDevice.get(key)?.kind === "running")
      throw new ServiceFault("registrationConflict", "Precondition failed.");
    const { clock, limits, newId } = this.#around;
    const operationId = `5.${newId().replaceAll("-", "").slice(0, 16)}.${newId()}`;
    const readyAtMs = clock() + limits.assignmentMs;
    const enrollment = { kind: device.enrollment.kind, id: device.enrollment.id };
    const asked = { registrationId, apiVersion, payload, credential, enrollment };
    this.#byDevice.set(key, { kind: "running", operationId, readyAtMs, asked });
    this.#finished.delete(key);
    return operationId;
  }

  finish(registrationId: string, record: Registration): void {
    const key = registrationId.toLowerCase();
    const operation = this.#byDevice.get(key);
    if (operation === undefined) return;
    const { operationId, readyAtMs } = operation;
    this.#byDevice.set(key, { kind: "finished", operationId, readyAtMs, record });
    this.#finished.delete(key);
    this.#finished.add(key);
    for (const oldest of this.#finished) {
      if (this.#finished.size <= this.#finishedMax) break;
      this.forget(oldest);
    }
  }

  /** Its id is not found any more. */
  forget(registrationId: string): void {
    const key = registrationId.toLowerCase();
    this.#byDevice.delete(key);
    this.#finished.delete(key);
  }

  /** @throws {ServiceFault} `operationNotFound` */
  poll(registrationId: string, operationId: string): PollOutcome {
    const operation = this.#byDevice.get(registrationId.toLowerCase());
    if (operation?.operationId !== operationId)
      throw new ServiceFault("operationNotFound", "Operation not found.");
    return operation.kind === "running" || this.#around.clock() < operation.readyAtMs
      ? { kind: "assigning" }
      : { kind: "finished", record: operation.record };
  }
}
