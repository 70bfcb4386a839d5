import type { Problem } from "../base/errors.ts";
import { groupedBy } from "../base/grouped-by.ts";
import type { DeviceModel, JsonObject } from "../model/model.ts";
import { checkSettings } from "../model/check-settings.ts";
import type { DeviceSpec, Plan } from "../plan/plan.ts";
import { variedSettings } from "../plan/varied-settings.ts";
import type { SettledModels } from "./fleet-models.ts";

/** Settings that some devices of an entry have in common. */
interface Shared {
  readonly settings: JsonObject;
  /** The first of them. */
  readonly registrationId: string;
  count: number;
}

/** One thing that a model finds wrong with settings. */
interface Finding {
  readonly message: string;
  readonly registrationId: string;
  readonly count: number;
}

/**
 * Lets models judge the settings of entries whose devices have drawn theirs; where a distribution is wrong, that is all that
 * is told of them.
 *
 * @param plan of `scenario`, each of whose entries has a count
 * @param dir what the names of files are relative to
 */
export async function variedSettingsProblems(
  plan: Pick<Plan, "devices">,
  { scenario, models }: Pick<SettledModels, "scenario" | "models">,
  dir: string,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  let begin = 0;
  for (const [index, { model: name, settings, count = 0 }] of scenario.fleet.entries()) {
    const devices = plan.devices.slice(begin, begin + count);
    begin += count;
    const model = models.get(name);
    if (model === undefined) continue;
    const own = variedSettings(settings, model.defaults, "");
    if (own.varied.length === 0 || own.problems.length > 0) continue;
    const place = `fleet[${index}].settings`;
    const messages = await settingsProblems(model, devices, dir);
    problems.push(...messages.map((message) => ({ place, message })));
  }
  return problems;
}

/**
 * Lets the model of an entry judge the settings of each of its devices, equal ones once, with the files that they name.
 * What is wrong with all alike is told as the model has it, else by its cause, with the first device that has it.
 *
 * @param dir what the names of files are relative to
 */
export async function settingsProblems(
  model: DeviceModel,
  devices: readonly Pick<DeviceSpec, "registrationId" | "settings">[],
  dir: string,
): Promise<readonly string[]> {
  const findings: Finding[] = [];
  for (const { settings, ...whose } of distinctOf(devices)) {
    for (const message of await checkSettings(model, settings, dir)) {
      findings.push({ message, ...whose });
    }
  }
  // A value that a device has drawn stands behind "got".
  const byCause = groupedBy(findings, ({ message }) => message.replace(/, got .*/s, ""));
  return [...byCause.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { message, registrationId, count } = first;
    const more = others.reduce((sum, other) => sum + other.count, count - 1);
    const isSame = others.every((other) => other.message === message);
    if (isSame && more + 1 === devices.length) return [message];
    const example = `"${registrationId}"`;
    return [`${message} (${more === 0 ? example : `${example} and ${more} more`})`];
  });
}

function distinctOf(
  devices: readonly Pick<DeviceSpec, "registrationId" | "settings">[],
): Iterable<Shared> {
  const bySettings = new Map<string, Shared>();
  for (const { registrationId, settings } of devices) {
    const key = JSON.stringify(settings);
    const known = bySettings.get(key);
    if (known === undefined) bySettings.set(key, { registrationId, settings, count: 1 });
    else known.count += 1;
  }
  return bySettings.values();
}
