import { DEVICE_STATES } from "../metrics/device-row.ts";

/** The states of devices as people are shown them: who was refused as expected did not fail. */
export const SHOWN_STATES = [...DEVICE_STATES, "refused"] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/**
 * Devices by the state that is shown.
 *
 * @param refused refusals as expected so far; a device whose worker was restarted may be among them twice
 */
export function shownStates(
  states: Readonly<Record<string, number>>,
  refused: number,
): Readonly<Record<string, number>> {
  const failed = states["failed"] ?? 0;
  const expected = Math.min(refused, failed);
  return expected === 0 ? states : { ...states, failed: failed - expected, refused: expected };
}
