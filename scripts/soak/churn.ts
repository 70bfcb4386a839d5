import type { EmulatorFault } from "./emulator-faults.ts";
import type { SoakOptions } from "./soak-options.ts";

/** How connections end, one way after the other: a reset, a FIN alone, and TLS in good order. */
const WAYS = [
  { kind: "killTcp", parameters: { how: "reset" } },
  { kind: "killTcp", parameters: { how: "close" } },
  { kind: "shutDownMqtt" },
] as const;

/** The part of the fleet that has the services' faults of a round. */
const FAULT_SHARE = 0.05;

export const idOf = (device: number): string => `soak-${device + 1}`;

/** Says whose connections end when, in turn: each device as often as every other, give or take one. */
export class Churn {
  readonly #options: Pick<SoakOptions, "devices" | "churnPerS" | "awayMs" | "faults">;
  #left = 0;
  #owed = 0;
  #departures = 0;
  #rounds = 0;

  constructor(options: Pick<SoakOptions, "devices" | "churnPerS" | "awayMs" | "faults">) {
    this.#options = options;
  }

  /** Devices that have left so far. */
  get left(): number {
    return this.#left;
  }

  /** The next departure, of all who are due in this time; undefined where that is nobody. */
  after(elapsedMs: number): EmulatorFault | undefined {
    const { devices, churnPerS, awayMs } = this.#options;
    // The other half are the boots of the scenario.
    this.#owed += (churnPerS * elapsedMs) / 2_000;
    // A machine that stood still does not take the whole fleet down for it.
    const due = Math.min(Math.floor(this.#owed), devices);
    if (due === 0) return undefined;
    this.#owed = Math.min(this.#owed - due, 1);
    const ids = Array.from({ length: due }, (_, n) => idOf((this.#left + n) % devices));
    this.#left += due;
    const way = WAYS[this.#departures++ % WAYS.length] ?? WAYS[0];
    return { ...way, scope: { devices: ids }, durationMs: awayMs };
  }

  /** All that can happen to a device, to all of them, one after the other: a reset, and each of the other faults. */
  everybody(): readonly EmulatorFault[] {
    const { awayMs, faults } = this.#options;
    const all = { scope: { share: 1 }, durationMs: awayMs } as const;
    return [{ ...WAYS[0], ...all }, ...faults.map((kind) => ({ kind, ...all }))];
  }

  /** What else goes wrong in the next round, for so long; undefined where nothing does. */
  nextFault(durationMs: number): EmulatorFault | undefined {
    const { faults } = this.#options;
    const kind = faults[this.#rounds % Math.max(1, faults.length)];
    this.#rounds += 1;
    if (kind === undefined) return undefined;
    return { kind, scope: { share: FAULT_SHARE }, seed: this.#rounds, durationMs };
  }
}
