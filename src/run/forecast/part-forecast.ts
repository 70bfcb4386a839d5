import { isToBeAdmitted } from "../../metrics/device-outcome.ts";
import { dueTimes } from "../../plan/adaptive-arrival.ts";
import type { Shard } from "../../plan/plan-part.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ArrivalForecast } from "./arrival-forecast.ts";
import { arrivalForecast } from "./arrival-forecast.ts";
import { hubShares } from "./hub-shares.ts";
import type { MessageForecast } from "./message-forecast.ts";
import { messageForecast } from "./message-forecast.ts";
import type { ModelSample } from "./model-sample.ts";

/** What one part of a plan does; services and their limits see all parts. */
export interface PartForecast extends Shard {
  readonly devices: number;
  /** Of these, those that services are to refuse. */
  readonly toBeRefused: number;
  readonly arrival: ArrivalForecast;
  readonly messages: MessageForecast;
}

/**
 * @param part its devices have the indices of the whole plan
 * @param of what is known of each device of the whole plan, in its order
 */
export function partForecast(
  shard: Shard,
  part: Pick<Plan, "devices" | "adaptive" | "timeline" | "durationMs">,
  hubs: readonly (string | null)[],
  of: {
    readonly connectedMs: readonly (number | null)[];
    readonly samples: readonly ModelSample[];
  },
): PartForecast {
  const { devices, durationMs } = part;
  const indices = devices.map(({ index }) => index);
  const connectedMs = indices.map((index) => of.connectedMs[index] ?? null);
  const samples = indices.flatMap((index) => of.samples[index] ?? []);
  return {
    ...shard,
    devices: devices.length,
    toBeRefused: devices.filter((device) => !isToBeAdmitted(device)).length,
    arrival: arrivalForecast(dueTimes(part), connectedMs),
    messages: messageForecast(hubShares(part, hubs, { connectedMs, samples }), durationMs),
  };
}
