import { acknowledgment } from "../../src/base/desired-shown.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import { isJsonObject } from "../../src/base/json.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { RunEvent, TwinPatchEvent } from "../../src/output/output.ts";

type Desired = DeviceEvent & { readonly type: "desired" };
type Reported = DeviceEvent & { readonly type: "reported" };

/** The times of one twin action, ms, of each device and round that has one. */
export interface ExactTimes {
  readonly acknowledged: readonly number[];
  readonly received: readonly number[];
  readonly answer: readonly number[];
  readonly paced: readonly number[];
}

/** How long devices took to follow the timeline's changes, from single events alone and in the plainest way. */
export class ExactTwinTimes {
  /** By action and round. */
  readonly #desired = new Map<string, JsonObject>();
  readonly #patches: TwinPatchEvent[] = [];
  readonly #received: Desired[] = [];
  readonly #reports: Reported[] = [];

  observe(event: RunEvent): void {
    if (event.type === "action" && event.state === "begun") {
      const { desired } = event.what;
      if (isJsonObject(desired)) this.#desired.set(keyOf(event), desired);
    }
    if (event.type === "twinPatch") this.#patches.push(event);
    if (event.type === "desired") this.#received.push(event);
    if (event.type === "reported") this.#reports.push(event);
  }

  /** @param action its position in the timeline */
  of(action: number): ExactTimes {
    const patches = this.#patches.filter((patch) => patch.action === action);
    const times = patches.map((patch) => {
      const askedT = patch.t - patch.ms;
      const receivedT = this.#receivedT(patch);
      const shownT = this.#shownT(
        patch,
        patches.filter(({ deviceId }) => deviceId === patch.deviceId),
      );
      return {
        paced: patch.waitedMs,
        received: receivedT === undefined ? [] : [receivedT - askedT],
        acknowledged: shownT === undefined ? [] : [shownT - askedT],
        answer: shownT === undefined || receivedT === undefined ? [] : [shownT - receivedT],
      };
    });
    return {
      acknowledged: times.flatMap(({ acknowledged }) => acknowledged),
      received: times.flatMap(({ received }) => received),
      answer: times.flatMap(({ answer }) => answer),
      paced: times.map(({ paced }) => paced),
    };
  }

  #receivedT({ deviceId, version }: TwinPatchEvent): number | undefined {
    return this.#received.find(
      (event) =>
        event.deviceId === deviceId &&
        (event.initial ? event.version >= version : event.version === version),
    )?.t;
  }

  /**
   * When the device had first reported all that it was told, having applied this version or a later one, before it
   * answered a later patch without it.
   */
  #shownT(patch: TwinPatchEvent, ofDevice: readonly TwinPatchEvent[]): number | undefined {
    const desired = this.#desired.get(keyOf(patch)) ?? {};
    const members = new Map<string, { value: Json; by: number }>();
    for (const report of this.#reports) {
      if (report.deviceId !== patch.deviceId) continue;
      for (const [key, value] of Object.entries(report.patch))
        members.set(key, { value, by: report.desiredVersion });
      if (report.desiredVersion < patch.version) continue;
      const isShown = Object.entries(desired).every(([key, wanted]) => {
        const member = members.get(key);
        const value = member !== undefined && member.by >= patch.version ? member.value : undefined;
        return acknowledgment(wanted, value, patch.version) === "shown";
      });
      if (isShown) return report.t;
      const isOvertaken = ofDevice.some(
        ({ version }) => version > patch.version && version <= report.desiredVersion,
      );
      if (isOvertaken) return undefined;
    }
    return undefined;
  }
}

const keyOf = ({ action, round }: { readonly action: number; readonly round: number }): string =>
  `${action}/${round}`;
