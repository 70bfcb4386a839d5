import type { DeviceState } from "../../metrics/device-row.ts";
import type { DivergenceEvent, DivergenceLook } from "../../output/divergence.ts";
import type { PropertyLook } from "./property-look.ts";

/** What a device was doing when it was looked at. */
export interface Doing {
  readonly state: DeviceState;
  /** Since when it is in that state, ms after time 0. */
  readonly sinceT: number;
  /** Whether it is away because the run wants it so. */
  readonly onPurpose: boolean;
}

/** One look at a device. */
export interface DeviceLook {
  readonly deviceId: string;
  /** ms after time 0 */
  readonly t: number;
  /** `$version` of its desired section. */
  readonly version: number;
  readonly properties: readonly PropertyLook[];
  readonly doing: Doing;
}

/** A property at odds. */
interface Open {
  /** Since when the device was at odds while it was connected, ms after time 0. */
  sinceT: number;
  /** The desired value, as JSON text: another one begins anew. */
  wanted: string;
  /** As it was told; undefined = it was not yet. */
  told: DivergenceEvent | undefined;
  /** The look before it began, if there was one, and all since. */
  readonly history: DivergenceLook[];
}

interface Watched {
  readonly open: Map<string, Open>;
  /** Of the newest look, by property. */
  newest: ReadonlyMap<string, DivergenceLook>;
}

/** Of a long history the first ones are kept, and the newest. */
const FIRST_KEPT = 2;
const HISTORY_MAX = 20;

/**
 * Tells, look by look, which properties have been at odds for longer than is tolerated. Time counts while a device is
 * connected, from its return on where it was away, and begins anew with another desired value. Pure.
 */
export class DivergenceWatch {
  readonly #toleratesMs: number;
  readonly #devices = new Map<string, Watched>();

  constructor(toleratesMs: number) {
    this.#toleratesMs = toleratesMs;
  }

  /** Whether a property of the device is at odds: it is looked at wherever it is. */
  isOpen(deviceId: string): boolean {
    return (this.#devices.get(deviceId)?.open.size ?? 0) > 0;
  }

  /** @returns what begins and what ends with this look */
  look(look: DeviceLook): readonly DivergenceEvent[] {
    const device = this.#devices.get(look.deviceId) ?? { open: new Map(), newest: new Map() };
    this.#devices.set(look.deviceId, device);
    const news: DivergenceEvent[] = [];
    const newest = new Map(look.properties.map((seen) => [seen.property, lookOf(look, seen)]));
    for (const seen of look.properties) {
      if (seen.verdict === "agrees" || seen.verdict === "notEchoed") continue;
      const event = this.#differs(device, look, seen);
      if (event !== undefined) news.push(event);
    }
    const atOdds = new Set(
      look.properties
        .filter(({ verdict }) => verdict !== "agrees" && verdict !== "notEchoed")
        .map(({ property }) => property),
    );
    for (const [property, open] of device.open) {
      if (atOdds.has(property)) continue;
      device.open.delete(property);
      if (open.told !== undefined) news.push(ended(open.told, open, look, newest.get(property)));
    }
    device.newest = newest;
    return news;
  }

  #differs(device: Watched, look: DeviceLook, seen: PropertyLook): DivergenceEvent | undefined {
    const { property, verdict } = seen;
    if (verdict === "agrees" || verdict === "notEchoed") return undefined;
    const { t, deviceId, doing } = look;
    const wanted = JSON.stringify(seen.desired);
    const before = device.newest.get(property);
    const open = device.open.get(property) ?? {
      sinceT: t,
      wanted,
      told: undefined,
      history: before === undefined ? [] : [before],
    };
    device.open.set(property, open);
    const isConnected = doing.state === "streaming";
    if (open.wanted !== wanted || !isConnected) open.sinceT = t;
    // A device that came back between two looks begins anew too.
    if (isConnected) open.sinceT = Math.max(open.sinceT, doing.sinceT);
    open.wanted = wanted;
    remember(open.history, lookOf(look, seen));
    const sinceMs = t - open.sinceT;
    if (open.told !== undefined || !isConnected || sinceMs <= this.#toleratesMs) return undefined;
    const { untilT: _untilT, ...now } = lookOf(look, seen);
    const history = [...open.history];
    open.told = {
      type: "divergence",
      state: "begun",
      ...now,
      deviceId,
      property,
      kind: verdict,
      sinceMs,
      history,
    };
    return open.told;
  }
}

function lookOf({ t, version, doing }: DeviceLook, seen: PropertyLook): DivergenceLook {
  const { desired, reported, ac, inner } = seen;
  return {
    t,
    untilT: t,
    version,
    desired,
    ...(reported === undefined ? {} : { reported }),
    ...(ac === undefined ? {} : { ac }),
    ...(inner === undefined ? {} : { inner }),
    doing: doing.state,
    ...(doing.onPurpose ? { onPurpose: true } : {}),
  };
}

/** Adds a look; one that saw what the last one saw makes that longer. */
function remember(history: DivergenceLook[], look: DivergenceLook): void {
  const last = history.at(-1);
  if (last !== undefined && isAlike(last, look)) {
    history[history.length - 1] = { ...last, untilT: look.untilT };
    return;
  }
  history.push(look);
  if (history.length > HISTORY_MAX) history.splice(FIRST_KEPT, 1);
}

const isAlike = (one: DivergenceLook, other: DivergenceLook): boolean =>
  JSON.stringify({ ...one, t: 0, untilT: 0 }) === JSON.stringify({ ...other, t: 0, untilT: 0 });

/** @param now undefined = the property is not desired any more */
function ended(
  told: DivergenceEvent,
  { sinceT, history }: Open,
  { t, version, doing }: DeviceLook,
  now: DivergenceLook | undefined,
): DivergenceEvent {
  if (now !== undefined) remember(history, now);
  const { untilT: _untilT, ...seen } = now ?? { ...told, untilT: t, version, doing: doing.state };
  const { type, deviceId, property, kind } = told;
  return {
    ...seen,
    type,
    state: "ended",
    t,
    deviceId,
    property,
    kind,
    sinceMs: t - Math.min(sinceT, told.t - told.sinceMs),
    history: [...history],
  };
}
