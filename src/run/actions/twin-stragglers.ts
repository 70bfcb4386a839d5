import type { MissedDevice, TwinStraggler } from "../../output/twin-summary.ts";
import { byMostMissed, byWorstStraggler, DEVICES_LISTED } from "../../output/twin-action-order.ts";
import type { DeviceNote } from "./device-notes.ts";
import type { LastRound, TwinFollower } from "./twin-follower.ts";

type Followers = readonly (readonly [registrationId: string, follower: TwinFollower])[];

/** How long it took from the last patch until the device showed it, ms; undefined = it does not. */
function followedMs({ askedT, acknowledgedT }: LastRound): number | undefined {
  return askedT === undefined || acknowledgedT === undefined ? undefined : acknowledgedT - askedT;
}

/** Whether a device showed the last round's values in time. */
export function hasConverged({ last }: TwinFollower, timeoutMs: number): boolean {
  const ms = last === undefined ? undefined : followedMs(last);
  return ms !== undefined && ms <= timeoutMs;
}

/** The first of those that did not follow in time, the worst before the others, with what is known of them. */
export function firstStragglers(
  followers: Followers,
  timeoutMs: number,
  noteOf: (registrationId: string) => DeviceNote,
): readonly TwinStraggler[] {
  return followers
    .filter(([, follower]) => !hasConverged(follower, timeoutMs))
    .map(([id, follower]) => straggler(id, follower, noteOf(id)))
    .toSorted(byWorstStraggler)
    .slice(0, DEVICES_LISTED);
}

function straggler(
  registrationId: string,
  follower: TwinFollower,
  note: DeviceNote,
): TwinStraggler {
  const { last, receivedVersion, reported } = follower;
  // Whoever is here was selected.
  const known = last ?? { round: 0, askedT: undefined, version: undefined, error: undefined };
  return {
    registrationId,
    why: last === undefined ? "notPatched" : whyOf(last, Object.keys(reported).length > 0),
    round: known.round,
    patchedS: known.askedT === undefined ? null : Math.round(known.askedT) / 1_000,
    version: known.version ?? null,
    receivedVersion: receivedVersion === 0 ? null : receivedVersion,
    reported: Object.keys(reported).length === 0 ? null : reported,
    ms: last === undefined ? null : (followedMs(last) ?? null),
    state: note.state ?? null,
    disconnectedS: note.disconnectedT === undefined ? null : Math.round(note.disconnectedT) / 1_000,
    error: known.error ?? note.error ?? null,
  };
}

function whyOf(last: LastRound, hasReported: boolean): TwinStraggler["why"] {
  if (last.acknowledgedT !== undefined) return "late";
  if (last.version === undefined) return "notPatched";
  if (last.isRefused) return "refused";
  if (!last.isReceived) return "notReceived";
  return hasReported ? "otherValue" : "notAcknowledged";
}

/** The first of those that were never pushed some rounds, those with most of them before the others. */
export function firstMissed(followers: Followers): readonly MissedDevice[] {
  return followers
    .filter(([, { missed }]) => missed.length > 0)
    .map(([registrationId, { missed, counts }]) => ({
      registrationId,
      versions: counts.missed,
      rounds: missed
        .map(({ from, to }): readonly [number, number] => [from, to])
        .slice(0, DEVICES_LISTED),
      healed: missed.every(({ healed }) => healed),
    }))
    .toSorted(byMostMissed)
    .slice(0, DEVICES_LISTED);
}
