import type { JsonObject } from "../../base/json.ts";
import type { Problem } from "../../base/errors.ts";
import { createRandom } from "../../base/random.ts";
import { describeThrown } from "../../base/thrown-at.ts";
import type { FileTexts } from "../../model/model-files.ts";
import { readModelFiles } from "../../model/model-files.ts";
import type { DeviceModel } from "../../model/model.ts";
import type { DeviceSpec, Plan } from "../../plan/plan.ts";
import { unusable } from "../fleet-models.ts";
import type { PreparedRun } from "../prepare.ts";
import type { ModelSample } from "./model-sample.ts";
import { sampleDevice } from "./model-sample.ts";

/** Devices of an entry that are looked at, evenly spaced: their settings may have been drawn. */
const DEVICES_SAMPLED = 8;

/**
 * What each device of the whole plan sends, in the order of its devices: as a few of its fleet entry do in their first steps.
 * Files that settings name are read; nothing is sent and nothing written.
 *
 * @throws {FleetError} `SCENARIO_INVALID` where a model throws, with every entry's; `FILE_INVALID` for files of models
 */
export async function sampleFleet({
  scenario,
  whole: plan,
  models,
  modelsDir,
}: Pick<PreparedRun, "scenario" | "whole" | "models" | "modelsDir">): Promise<
  readonly ModelSample[]
> {
  const desired = scenario.provisioning.initialTwin?.properties?.desired ?? {};
  const samples: ModelSample[] = [];
  const problems: Problem[] = [];
  for (const [index, { model: name, count = 0 }] of scenario.fleet.entries()) {
    const devices = plan.devices.slice(samples.length, samples.length + count);
    const model = models.get(name);
    if (model === undefined) throw new TypeError(`the model ${name} was not loaded`);
    const looked = spread(devices, DEVICES_SAMPLED);
    const uses = looked.map(({ settings }) => ({ model, settings }));
    const file = await readModelFiles(uses, modelsDir);
    const thrown = new Set<string>();
    const seen = looked.map((spec): ModelSample => {
      try {
        return sampleOf(spec, model, { plan, desired, file });
      } catch (error) {
        const what = describeThrown(error);
        const message = `in its first steps "${spec.registrationId}" threw ${what}`;
        // What several devices of an entry throw alike is told of the first.
        if (!thrown.has(what))
          problems.push({ place: `fleet[${index}].model ${model.name}`, message });
        thrown.add(what);
        return NOTHING;
      }
    });
    for (const at of devices.keys()) {
      samples.push(seen[Math.floor((at * seen.length) / devices.length)] ?? NOTHING);
    }
  }
  if (problems.length > 0) throw unusable(scenario.name, problems);
  return samples;
}

const NOTHING: ModelSample = {
  sizes: [],
  steps: 1,
  intervalMs: undefined,
  reportedBytes: undefined,
  twinBytes: 0,
};

function sampleOf(
  { registrationId: deviceId, settings, telemetry }: DeviceSpec,
  model: DeviceModel,
  {
    plan,
    desired,
    file,
  }: { readonly plan: Plan; readonly desired: JsonObject; readonly file: FileTexts },
): ModelSample {
  const reports: JsonObject[] = [];
  const device = model.create({
    deviceId,
    settings: { ...model.defaults, ...settings },
    random: (stream) => createRandom(plan.seed, deviceId, stream),
    file,
    report: (patch) => void reports.push(patch),
    tell: () => {},
  });
  const { timeScale } = plan;
  return sampleDevice(device, { intervalMs: telemetry.intervalMs, timeScale, desired, reports });
}

/** At most `most` of the items, the first among them, evenly spaced. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  const count = Math.min(most, items.length);
  return Array.from(
    { length: count },
    (_, at) => items[Math.floor((at * items.length) / count)],
  ).filter((item) => item !== undefined);
}
