import { showsDesired } from "../../src/base/desired-shown.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { isJsonObject } from "../../src/base/json.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { RunEvent, TwinPatchEvent } from "../../src/output/output.ts";

type Action = RunEvent & { readonly type: "action" };
type Reported = DeviceEvent & { readonly type: "reported" };

/** How long devices took to follow the timeline's changes, from single events alone and in the plainest way. */
export class ExactTwinTimes {
  readonly #actions = new Map<string, Action>();
  readonly #patches: TwinPatchEvent[] = [];
  readonly #reports: Reported[] = [];

  observe(event: RunEvent): void {
    if (event.type === "action" && event.state === "begun") this.#actions.set(event.at, event);
    if (event.type === "twinPatch") this.#patches.push(event);
    if (event.type === "reported") this.#reports.push(event);
  }

  /** @param at as the timeline has it @returns ms, of each device that acknowledged */
  of(at: string): readonly number[] {
    const action = this.#actions.get(at);
    if (action === undefined) return [];
    // Its time is in whole ms.
    const since = this.#reports.filter(({ t }) => t >= action.t - 1);
    return this.#patches
      .filter((patch) => patch.at === at)
      .flatMap((patch) => {
        const t = acknowledgedT(patch, action, since);
        return t === undefined ? [] : [t - (patch.t - patch.ms)];
      });
  }
}

/** When the device had first reported all that it was told, having applied this version or a later one. */
function acknowledgedT(
  { deviceId, version }: TwinPatchEvent,
  { what }: Action,
  reports: readonly Reported[],
): number | undefined {
  const desired = what["desired"];
  if (!isJsonObject(desired)) return undefined;
  let section: JsonObject = {};
  for (const report of reports) {
    if (report.deviceId !== deviceId) continue;
    section = { ...section, ...report.patch };
    if (report.desiredVersion >= version && showsDesired(desired, section)) return report.t;
  }
  return undefined;
}
