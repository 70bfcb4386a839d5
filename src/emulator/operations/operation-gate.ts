import { ServiceFault } from "../fault.ts";
import type { Operation } from "./operation.ts";

/** Something that may hold operations up, or refuse them, before they begin. */
export interface Guard {
  /**
   * @returns undefined where the operation may begin now, else when it may; what waits for the same reason keeps its order
   * @throws {ServiceFault} where it may not; the promise rejects with nothing else either
   */
  admit(operation: Operation): Promise<void> | undefined;
}

/** How an operation ended. */
export interface Outcome {
  /** undefined where it was done. */
  readonly fault: ServiceFault | undefined;
  /** Of the answer's body. */
  readonly answerBytes: number;
}

/** Someone who counts or logs what was asked. */
export interface Observer {
  /** After each operation, done or refused. */
  ended(operation: Operation, outcome: Outcome): void;
}

/**
 * What every operation of one service passes, whatever border it came over: the guards in their order before it
 * begins, the observers after it ended.
 */
export class OperationGate {
  readonly #guards: readonly Guard[];
  readonly #observers: readonly Observer[];

  constructor(guards: readonly Guard[], observers: readonly Observer[]) {
    this.#guards = guards;
    this.#observers = observers;
  }

  /**
   * Does an operation as soon as it may begin: in this turn, where nothing holds it up.
   *
   * @param bytesOf the size of the answer's body
   * @throws {ServiceFault} of a guard or of `act`
   */
  pass<T>(
    operation: Operation,
    act: () => T,
    bytesOf: (value: T) => number = noBytes,
  ): T | Promise<T> {
    let value: T;
    try {
      const wait = this.admit(operation);
      if (wait !== undefined) return this.#passAfter(wait, operation, act, bytesOf);
      value = act();
    } catch (error) {
      this.#refused(operation, error);
      throw error;
    }
    this.ended(operation, { fault: undefined, answerBytes: bytesOf(value) });
    return value;
  }

  /** As `Guard.admit`, of all guards; for those who call `ended` themselves. */
  admit(operation: Operation): Promise<void> | undefined {
    for (let at = 0; at < this.#guards.length; at++) {
      const wait = this.#guards[at]?.admit(operation);
      if (wait !== undefined) return this.#admitAfter(wait, operation, at + 1);
    }
    return undefined;
  }

  ended(operation: Operation, outcome: Outcome): void {
    for (const observer of this.#observers) observer.ended(operation, outcome);
  }

  async #admitAfter(wait: Promise<void>, operation: Operation, next: number): Promise<void> {
    await wait;
    for (const guard of this.#guards.slice(next)) await guard.admit(operation);
  }

  async #passAfter<T>(
    wait: Promise<void>,
    operation: Operation,
    act: () => T,
    bytesOf: (value: T) => number,
  ): Promise<T> {
    let value: T;
    try {
      await wait;
      value = act();
    } catch (error) {
      this.#refused(operation, error);
      throw error;
    }
    this.ended(operation, { fault: undefined, answerBytes: bytesOf(value) });
    return value;
  }

  #refused(operation: Operation, error: unknown): void {
    if (error instanceof ServiceFault) this.ended(operation, { fault: error, answerBytes: 0 });
  }
}

const noBytes = (): number => 0;
