import type { RunEvent } from "../output/output.ts";
import type { DivergenceResult, TwinFindings, TwinVersionsResult } from "../output/twin-summary.ts";

/** As many devices and properties are named. */
const NAMED = 20;

/** What is counted of one device's desired versions. */
type Versions = { -readonly [Name in keyof TwinVersionsResult]: TwinVersionsResult[Name] };

/** Devices whose twins did not come along as they should, by the events that told of it. */
export class TwinAccount {
  readonly #versions = new Map<string, Versions>();
  readonly #divergences = new Map<string, DivergenceResult>();
  #begun = 0;
  #ended = 0;
  #oracle: RunEvent & { type: "oracle" } = {
    type: "oracle",
    t: 0,
    looks: 0,
    failed: 0,
    devices: 0,
    notEchoed: 0,
  };
  #hasOracle = false;

  /** Takes any event of the run, in their order. */
  observe(event: RunEvent): void {
    if (event.type === "desiredDropped") this.#of(event.deviceId)[event.why] += 1;
    else if (event.type === "desiredMissed") this.#missed(event);
    else if (event.type === "divergence") this.#divergence(event);
    else if (event.type === "oracle") this.#looked(event);
  }

  result(): TwinFindings {
    const versions = [...this.#versions.values()]
      .toSorted((a, b) => troubles(b) - troubles(a))
      .slice(0, NAMED);
    if (!this.#hasOracle && this.#begun === 0) return { versions, divergences: null };
    const { looks, failed, devices, notEchoed } = this.#oracle;
    const [begun, ended] = [this.#begun, this.#ended];
    // Those that are open first: they came last, and nobody has mended them.
    const named = [...this.#divergences.values()]
      .toSorted((a, b) => Number(a.endedS !== null) - Number(b.endedS !== null))
      .slice(0, NAMED);
    return {
      versions,
      divergences: { looks, failed, devices, notEchoed, begun, ended, named },
    };
  }

  #of(deviceId: string): Versions {
    const versions = this.#versions.get(deviceId) ?? {
      deviceId,
      duplicate: 0,
      outOfOrder: 0,
      missed: 0,
      notHealed: 0,
    };
    this.#versions.set(deviceId, versions);
    return versions;
  }

  #missed({ deviceId, from, to, healed }: RunEvent & { type: "desiredMissed" }): void {
    const versions = this.#of(deviceId);
    const count = to - from + 1;
    versions.missed += count;
    if (!healed) versions.notHealed += count;
  }

  #divergence(event: RunEvent & { type: "divergence" }): void {
    const { deviceId, property, kind, t, sinceMs, version } = event;
    const key = JSON.stringify([deviceId, property]);
    if (event.state === "ended") {
      this.#ended += 1;
      const begun = this.#divergences.get(key);
      if (begun !== undefined) this.#divergences.set(key, { ...begun, endedS: seconds(t) });
      return;
    }
    this.#begun += 1;
    const { desired, reported, ac, inner } = event;
    this.#divergences.set(key, {
      deviceId,
      property,
      kind,
      version,
      desired,
      ...(reported === undefined ? {} : { reported }),
      ...(ac === undefined ? {} : { ac }),
      ...(inner === undefined ? {} : { inner }),
      sinceS: seconds(t - sinceMs),
      endedS: null,
    });
  }

  /** Parts of a fleet tell it one by one. */
  #looked(event: RunEvent & { type: "oracle" }): void {
    this.#hasOracle = true;
    const { looks, failed, devices, notEchoed } = this.#oracle;
    this.#oracle = {
      ...event,
      looks: looks + event.looks,
      failed: failed + event.failed,
      devices: devices + event.devices,
      notEchoed: notEchoed + event.notEchoed,
    };
  }
}

const troubles = ({ duplicate, outOfOrder, missed }: TwinVersionsResult): number =>
  duplicate + outOfOrder + missed;

const seconds = (ms: number): number => Math.round(ms) / 1_000;
