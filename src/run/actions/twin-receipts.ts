import type { JsonObject } from "../../base/json.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import { LatencyHistogram } from "../../metrics/histogram.ts";
import type { TwinActionAccount } from "../../output/output.ts";
import { showsDesired } from "../../base/desired-shown.ts";

/** What is known of one selected device since the action began. */
interface Receipt {
  /** `$version` that the service answered; undefined until it did. */
  version: number | undefined;
  /** When the patch call was sent, ms after time 0. */
  patchT: number | undefined;
  /** Highest version that the device got, pushed or read. */
  receivedVersion: number;
  /** All that the device reported since the action began, merged at the top level. */
  section: JsonObject;
  /** When the section showed the value, by the version that the device had applied. */
  readonly shown: { readonly desiredVersion: number; readonly t: number }[];
}

/** A device that acknowledged an action: when its patch went out, ms after time 0, and how long it took. */
export interface TwinTime {
  readonly deviceId: string;
  readonly patchedMs: number;
  readonly ms: number;
}

/** What is changed, and at which devices, as far as that is known beforehand. */
export interface TwinChange {
  readonly at: string;
  readonly desired: JsonObject;
  readonly devices: readonly string[];
}

/** The account of one timeline action: who was told, who followed, and who followed unasked. Pure bookkeeping. */
export class TwinReceipts {
  readonly #action: TwinChange;
  readonly #selected = new Map<string, Receipt>();
  readonly #others = new Set<string>();
  readonly #alsoSelected: Set<string>;
  #begun = false;

  /** @param alsoSelected devices to which another action gives the same values: they follow with good reason */
  constructor(action: TwinChange, alsoSelected: Iterable<string> = []) {
    this.#action = action;
    this.#alsoSelected = new Set(alsoSelected);
    this.#select(action.devices);
  }

  /** Another action gives these devices the same values: they follow with good reason. */
  alsoSelect(devices: Iterable<string>): void {
    for (const id of devices) this.#alsoSelected.add(id);
  }

  /** These devices are patched now: from here on events are looked at. Of several rounds the last one counts. */
  begin(devices: readonly string[]): void {
    this.#begun = true;
    this.#select(devices);
  }

  /** Whether the device is one of those that are patched. */
  isSelected(deviceId: string): boolean {
    return this.#selected.has(deviceId);
  }

  #select(devices: readonly string[]): void {
    for (const id of devices) {
      this.#selected.set(id, {
        version: undefined,
        patchT: undefined,
        receivedVersion: 0,
        section: {},
        shown: [],
      });
    }
  }

  /** The patch call to one device goes out at `t`. */
  patching(deviceId: string, t: number): void {
    const receipt = this.#selected.get(deviceId);
    if (receipt !== undefined) receipt.patchT = t;
  }

  /** The service answered with the version that the patch made; events may have come before. */
  patched(deviceId: string, version: number): void {
    const receipt = this.#selected.get(deviceId);
    if (receipt !== undefined) receipt.version = version;
  }

  observe(event: DeviceEvent): void {
    if (!this.#begun) return;
    if (event.type === "desired") this.#desired(event);
    if (event.type === "reported") this.#reported(event);
  }

  result(): TwinActionAccount {
    const receipts = [...this.#selected.values()];
    const received = receipts.filter(
      ({ version, receivedVersion }) => version !== undefined && receivedVersion >= version,
    );
    const acknowledged = receipts.filter((receipt) => acknowledgedAt(receipt) !== undefined);
    return {
      at: this.#action.at,
      selected: receipts.length,
      patched: receipts.filter(({ version }) => version !== undefined).length,
      received: received.length,
      acknowledged: acknowledged.length,
      notEchoed: received.filter((receipt) => acknowledgedAt(receipt) === undefined).length,
      receivedByOthers: this.#others.size,
      notDue: !this.#begun,
      times: this.#times().encode(),
    };
  }

  /** Who has acknowledged so far. */
  acknowledged(): readonly TwinTime[] {
    return [...this.#selected].flatMap(([deviceId, receipt]) => {
      const { patchT: patchedMs } = receipt;
      const at = acknowledgedAt(receipt);
      if (at === undefined || patchedMs === undefined) return [];
      return [{ deviceId, patchedMs, ms: at - patchedMs }];
    });
  }

  #times(): LatencyHistogram {
    const times = new LatencyHistogram();
    for (const { ms } of this.acknowledged()) times.record(ms);
    return times;
  }

  #desired(event: DeviceEvent & { type: "desired" }): void {
    const receipt = this.#selected.get(event.deviceId);
    if (receipt !== undefined) {
      receipt.receivedVersion = Math.max(receipt.receivedVersion, event.version);
    } else if (
      !event.initial &&
      !this.#alsoSelected.has(event.deviceId) &&
      carries(event.patch, this.#action.desired)
    ) {
      this.#others.add(event.deviceId);
    }
  }

  #reported(event: DeviceEvent & { type: "reported" }): void {
    const receipt = this.#selected.get(event.deviceId);
    if (receipt === undefined || acknowledgedAt(receipt) !== undefined) return;
    receipt.section = { ...receipt.section, ...event.patch };
    if (showsDesired(this.#action.desired, receipt.section)) {
      receipt.shown.push({ desiredVersion: event.desiredVersion, t: event.t });
    }
  }
}

/** When the value was first shown by a device that had applied this patch, ms after time 0. */
function acknowledgedAt({ version, shown }: Receipt): number | undefined {
  if (version === undefined) return undefined;
  return shown.find(({ desiredVersion }) => desiredVersion >= version)?.t;
}

/** Whether a pushed patch holds the values themselves; unlike a report, it must have each of them. */
const carries = (patch: JsonObject, desired: JsonObject): boolean =>
  Object.keys(desired).every((key) => key in patch) && showsDesired(desired, patch);
