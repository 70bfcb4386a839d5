import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { createRandom } from "../base/random.ts";
import { describeThrown } from "../base/thrown-at.ts";
import { checkSettings } from "../model/check-settings.ts";
import { findModel } from "../model/find-model.ts";
import { loadModel } from "../model/load-model.ts";
import { readModelFiles } from "../model/model-files.ts";
import { deviceProblems, dropPromise } from "../model/model-shape.ts";
import type { DeviceModel } from "../model/model.ts";
import type { Plan } from "../plan/plan.ts";
import { variedSettings } from "../plan/varied-settings.ts";
import type { FleetEntry, Scenario } from "../scenario/scenario.ts";

/** Where names of models come from. */
export interface ModelNames {
  /** Its folder, absolute: what its paths count from. */
  readonly dir: string;
  /** `--model`, in place of what the entries say; undefined = none. */
  readonly given?: string | undefined;
  /** What that path counts from, absolute. */
  readonly cwd: string;
}

/** A scenario whose models are at hand. */
export interface SettledModels {
  /** Its entries name models as workers load them. */
  readonly scenario: Scenario;
  /** By those names. */
  readonly models: ReadonlyMap<string, DeviceModel>;
  readonly warnings: readonly Problem[];
  /** What is wrong with the models and settings of all entries; with problems there is no run. */
  readonly problems: readonly Problem[];
}

/**
 * Finds and loads the model of every entry, and lets it judge the entry's settings, with the files that they name;
 * settings that are to be drawn are judged by `variedSettingsProblems`, once they are.
 *
 * @throws {FleetError} `USAGE` where the given model is none
 */
export async function settleModels(scenario: Scenario, names: ModelNames): Promise<SettledModels> {
  const problems: Problem[] = [];
  const models = new Map<string, DeviceModel>();
  const load = async (place: string, found: Promise<string>, name: string): Promise<string> => {
    try {
      const at = await found;
      models.set(at, await loadModel(at, name));
      return at;
    } catch (error) {
      problems.push(...problemsAt(place, error));
      return "";
    }
  };
  const { given } = names;
  const override =
    given === undefined ? undefined : await load("--model", findModel(given, names.cwd), given);
  if (problems.length > 0) {
    throw new FleetError("USAGE", "these settings cannot be used", { problems });
  }
  const { fleet, warnings } =
    override === undefined
      ? { fleet: scenario.fleet, warnings: [] }
      : await replaced(scenario.fleet, override, names.dir);
  const settled: FleetEntry[] = [];
  for (const [index, entry] of fleet.entries()) {
    const place = `fleet[${index}]`;
    const model =
      override ?? (await load(`${place}.model`, findModel(entry.model, names.dir), entry.model));
    settled.push({ ...entry, model });
    const loaded = models.get(model);
    if (loaded === undefined) continue;
    const own = variedSettings(entry.settings, loaded.defaults, "");
    // What differs from device to device is judged when each has its own, distributions by the plan.
    if (own.varied.length > 0 || own.problems.length > 0) continue;
    for (const message of await checkSettings(loaded, entry.settings, names.dir)) {
      problems.push({ place: `${place}.settings`, message });
    }
  }
  return { scenario: { ...scenario, fleet: settled }, models, warnings, problems };
}

/** Settings belong to the model that they were written for. */
async function replaced(
  fleet: readonly FleetEntry[],
  override: string,
  dir: string,
): Promise<{ readonly fleet: readonly FleetEntry[]; readonly warnings: readonly Problem[] }> {
  const lost: string[] = [];
  const entries = await Promise.all(
    fleet.map(async (entry, index) => {
      const written = await findModel(entry.model, dir).catch(() => undefined);
      if (written === override || Object.keys(entry.settings).length === 0) return entry;
      lost.push(`fleet[${index}]`);
      return { ...entry, settings: {} };
    }),
  );
  const message = `the settings of ${lost.join(", ")} are not used: they are for another model`;
  return { fleet: entries, warnings: lost.length === 0 ? [] : [{ place: "--model", message }] };
}

/**
 * Makes the first device of every model of a plan, as a worker will, and looks whether it is one.
 *
 * @throws {FleetError} `SCENARIO_INVALID` with what is missing, of all models
 */
export async function checkDevices(
  plan: Plan,
  models: SettledModels["models"],
  { source, dir }: { readonly source: string; readonly dir: string },
): Promise<void> {
  const problems: Problem[] = [];
  for (const [name, model] of models) {
    const spec = plan.devices.find((device) => device.model === name);
    if (spec === undefined) continue;
    const { registrationId: deviceId, settings } = spec;
    const file = await readModelFiles([{ model, settings }], dir);
    try {
      const device: unknown = model.create({
        deviceId,
        settings: { ...model.defaults, ...settings },
        random: (stream) => createRandom(plan.seed, deviceId, stream),
        file,
        report: () => {},
        tell: () => {},
      });
      dropPromise(device);
      const hasFaults = Object.keys(model.faults ?? {}).length > 0;
      const found = deviceProblems(device, hasFaults);
      problems.push(...found.map(({ place, message }) => at(`model ${name} ${place}`, message)));
    } catch (error) {
      problems.push(at(`model ${name}`, `create threw ${describeThrown(error)}`));
    }
  }
  if (problems.length > 0) throw unusable(source, problems);
}

const at = (place: string, message: string): Problem => ({ place, message });

/** What is wrong with a model, at the place that names it. */
function problemsAt(place: string, error: unknown): readonly Problem[] {
  if (!(error instanceof FleetError)) throw error;
  const { message, hint, problems } = error;
  if (problems.length === 0) return [{ place, message, hint }];
  return [
    { place, message, hint },
    ...problems.map((problem) => at(place, `${problem.place}: ${problem.message}`)),
  ];
}

/** The scenario has what no run can be made of. @param source its file as messages show it */
export const unusable = (source: string, problems: readonly Problem[]): FleetError =>
  new FleetError("SCENARIO_INVALID", `${source} cannot be run as it is`, { problems });
