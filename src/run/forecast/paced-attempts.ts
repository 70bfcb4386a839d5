import { nextAdmittedMs } from "./registrations.ts";

/** First attempts to connect; all times in ms after time 0, none of the lists falls. */
export interface AttemptsWanted {
  /** When devices are due at DPS. */
  readonly dpsMs: readonly number[];
  /** When devices that bring their hub along are due there. */
  readonly hubMs: readonly number[];
  /** Attempts that the fleet makes in a second, > 0. */
  readonly perS: number;
  /** Registrations that DPS takes in any 60 s, or Infinity. */
  readonly perMinute: number;
  /** From DPS's acceptance to the assignment. */
  readonly retryAfterMs: number;
}

/** When the attempts of {@link AttemptsWanted} are let go, in the same order. */
export interface AttemptsLetGo {
  readonly dpsMs: readonly number[];
  /** At their hubs, of the devices that came through DPS. */
  readonly assignedMs: readonly number[];
  readonly hubMs: readonly number[];
}

/**
 * When a fleet whose attempts have a limit makes its first ones: first come, first served, and each device that DPS has
 * assigned asks for a second turn, at its hub. Those that DPS puts off ask for no third one here.
 */
export function pacedAttempts(wanted: AttemptsWanted): AttemptsLetGo {
  const { dpsMs, hubMs, perS, perMinute, retryAfterMs } = wanted;
  const letGo = { dpsMs: [] as number[], assignedMs: [] as number[], hubMs: [] as number[] };
  /** When DPS has taken devices, and when they are due at their hubs. */
  const takenMs: number[] = [];
  const assignedMs: number[] = [];
  const gapMs = 1_000 / perS;
  let freeMs = 0;
  const turn = (dueMs: number): number => {
    const atMs = Math.max(dueMs, freeMs);
    freeMs = atMs + gapMs;
    return atMs;
  };
  for (;;) {
    const atDps = dpsMs[letGo.dpsMs.length] ?? Infinity;
    const atAssigned = assignedMs[letGo.assignedMs.length] ?? Infinity;
    const atHub = hubMs[letGo.hubMs.length] ?? Infinity;
    const firstMs = Math.min(atDps, atAssigned, atHub);
    if (firstMs === Infinity) return letGo;
    if (firstMs === atDps) {
      const atMs = turn(atDps);
      letGo.dpsMs.push(atMs);
      const takenAtMs = nextAdmittedMs(takenMs, atMs, perMinute);
      takenMs.push(takenAtMs);
      assignedMs.push(takenAtMs + retryAfterMs);
    } else if (firstMs === atAssigned) letGo.assignedMs.push(turn(atAssigned));
    else letGo.hubMs.push(turn(atHub));
  }
}
