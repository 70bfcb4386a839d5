import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { ArrivalEvent } from "../../src/output/output.ts";
import { ArrivalDriver, LOOK_MS } from "../../src/run/arrival/arrival-driver.ts";

/** Between two snapshots of a worker. */
const SNAPSHOT_MS = 500;

/** What a service makes of a device that knocks: how long it takes, or when the device may come back. */
type Answer = { readonly takesMs: number } | { readonly retryAfterMs: number };

/** A service as devices see it. Asked at moments that do not fall. */
export type Service = (nowMs: number) => Answer;

/** Takes so many devices in any window and refuses the others, as DPS does; `takesMs` each. */
export function windowService(limit: number, windowMs: number, takesMs = 100): Service {
  const taken: number[] = [];
  return (nowMs) => {
    while ((taken[0] ?? Infinity) <= nowMs - windowMs) taken.shift();
    const [oldest = nowMs] = taken;
    if (taken.length >= limit) {
      return { retryAfterMs: Math.ceil((oldest + windowMs - nowMs) / 1_000) * 1_000 };
    }
    taken.push(nowMs);
    return { takesMs };
  };
}

/** Works at one device after the other, so that those wait that come faster than it works. */
export function queueService(perS: number, takesMs = 100): Service {
  let freeMs = 0;
  return (nowMs) => {
    freeMs = Math.max(freeMs, nowMs) + 1_000 / perS;
    return { takesMs: freeMs - nowMs + takesMs };
  };
}

/** What a simulated arrival came to. */
export interface SimulatedArrival {
  /** When devices were due, ms, in their order. */
  readonly dueMs: readonly number[];
  /** When they were through. */
  readonly throughMs: readonly number[];
  /** Times that a device was refused. */
  readonly refused: number;
  readonly events: readonly ArrivalEvent[];
}

interface Knock {
  readonly atMs: number;
  readonly deviceId: string;
}

/**
 * Lets an arrival drive so many devices against a service, in no time: workers tell every half a second, and who is
 * refused comes back after what it was told and up to a half more.
 *
 * @param random uniform in [0, 1)
 * @param untilMs ends the simulation where the arrival does not
 */
export function simulateArrival(options: {
  readonly devices: number;
  readonly fromPerS?: number;
  readonly maxPerS?: number;
  readonly latencyMs?: number;
  readonly service: Service;
  readonly random: () => number;
  readonly untilMs: number;
}): SimulatedArrival {
  const { devices, fromPerS = 5, maxPerS = 200, latencyMs = 2_000, service, random } = options;
  let nowMs = 0;
  const dueMs: number[] = [];
  const throughMs: number[] = [];
  const events: ArrivalEvent[] = [];
  let refused = 0;
  let knocks: Knock[] = [];
  /** What has happened, in the order in which it does; told with the next snapshot. */
  let untold: DeviceEvent[] = [];
  const driver = new ArrivalDriver({
    devices: Array.from({ length: devices }, (_, index) => ({ registrationId: `device-${index}` })),
    arrival: { way: "adaptive", fromPerS, maxPerS, latencyMs },
    clock: () => nowMs,
    isToStart: () => true,
    isHosted: () => true,
    start: (starts) => {
      for (const { registrationId: deviceId, dueMs: atMs } of starts) {
        dueMs.push(atMs);
        knocks.push({ atMs, deviceId });
      }
    },
    emit: (event) => events.push(event),
  });
  while (throughMs.length < devices && nowMs <= options.untilMs) {
    driver.look();
    nowMs += LOOK_MS;
    const knocking = knocks.filter(({ atMs }) => atMs < nowMs).toSorted((a, b) => a.atMs - b.atMs);
    knocks = knocks.filter(({ atMs }) => atMs >= nowMs);
    for (const { atMs: t, deviceId } of knocking) {
      const answer = service(t);
      if ("takesMs" in answer) {
        const at = t + answer.takesMs;
        throughMs.push(at);
        untold.push({ type: "state", t: at, deviceId, from: "registering", to: "assigned" });
        continue;
      }
      const retryAfterMs = answer.retryAfterMs * (1 + random() / 2);
      refused += 1;
      untold.push({ type: "throttled", t, deviceId, retryAfterMs });
      knocks.push({ atMs: t + retryAfterMs, deviceId });
    }
    if (nowMs % SNAPSHOT_MS !== 0) continue;
    for (const event of untold.filter(({ t }) => t <= nowMs)) driver.observe(event);
    untold = untold.filter(({ t }) => t > nowMs);
  }
  return { dueMs, throughMs, refused, events };
}
