import { dirname, resolve } from "node:path";
import { defined } from "../base/defined.ts";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { describeIssue, problemsOf } from "../base/issue-problems.ts";
import { latencyProblems } from "../base/latencies.ts";
import { showValue } from "../base/show-value.ts";
import { YamlSource } from "../base/yaml-source.ts";
import type { EmulatorOptions } from "../emulator/emulator.ts";
import { textIfPresent } from "../pki/file-text.ts";
import type { ContentProblem } from "./config-contents.ts";
import { contentsOf } from "./config-contents.ts";
import type { EmulatorConfigFile } from "./schema.ts";
import { emulatorConfigSchema } from "./schema.ts";

/** What a configuration says, as an emulator takes it. */
export interface EmulatorConfig {
  readonly options: Omit<EmulatorOptions, "tls">;
  /** A refusal of the emulator with its problems at their places in the file; anything else is returned as it is. */
  readonly atItsPlace: (error: unknown) => unknown;
}

/**
 * Reads a configuration of the emulator, YAML or JSON. Files that it names are relative to it; keys come from the
 * environment.
 *
 * @param shown its path as the user wrote it
 * @throws {FleetError} `FILE_INVALID` with all problems at once, each with file, line, column and path
 */
export function readEmulatorConfig(
  shown: string,
  {
    cwd,
    env,
  }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): EmulatorConfig {
  const path = resolve(cwd, shown);
  const text = textIfPresent(path);
  if (text === undefined)
    throw new FleetError("FILE_INVALID", `${shown}: expected a file, got none`, {
      hint: "check the path, relative to this folder",
    });
  const yaml = new YamlSource(text, shown);
  if (yaml.problems.length > 0) throw invalid(shown, yaml.problems);
  const { value } = yaml;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = `expected a mapping of keys such as hubs: and enrollments:, got ${showValue(value)}`;
    throw invalid(shown, [{ place: yaml.placeOf([]), message }]);
  }
  const parsed = emulatorConfigSchema.safeParse(value, { error: describeIssue });
  if (!parsed.success)
    throw invalid(shown, problemsOf(parsed.error.issues, emulatorConfigSchema, yaml));
  const { contents, problems } = contentsOf(parsed.data, { dir: dirname(path), env });
  const found = [...hubProblems(parsed.data), ...problems].map(({ path: at, ...problem }) => ({
    ...problem,
    place: yaml.placeOf(at),
  }));
  if (found.length > 0) throw invalid(shown, found);
  const { idScope, hubs, limits, tier, units, dpsRegistrationsPerMinute, tierLimits } = parsed.data;
  const options = {
    ...defined({
      idScope,
      hubs: hubs?.map(({ hostName }) => hostName),
      latencies: hubs && latenciesIn(hubs),
    }),
    ...defined(limits),
    ...defined({ tier, units, dpsRegistrationsPerMinute, tierLimits }),
    ...contents,
  };
  return { options, atItsPlace: (error) => relocated(error, shown, yaml, hubs ?? []) };
}

type Hubs = NonNullable<EmulatorConfigFile["hubs"]>;

function hubProblems({ hubs = [] }: EmulatorConfigFile): readonly ContentProblem[] {
  const names = hubs.map(({ hostName }) => hostName.toLowerCase());
  const twice = names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [{ path: ["hubs", at, "hostName"], message: `${name} is there already` }],
  );
  const latencies = latencyProblems(Object.keys(latenciesIn(hubs)), names).map((message) => ({
    path: ["hubs"],
    message,
  }));
  return [...twice, ...latencies];
}

function latenciesIn(hubs: Hubs): Readonly<Record<string, number>> {
  return Object.fromEntries(
    hubs.flatMap(({ hostName, latencyMs }) =>
      latencyMs === undefined ? [] : [[hostName, latencyMs] as const],
    ),
  );
}

/** The emulator names what it was given: `enrollments[0]`, `hubSettings.HOST.devices[2]`. */
function relocated(error: unknown, shown: string, yaml: YamlSource, hubs: Hubs): unknown {
  if (!(error instanceof FleetError) || error.code !== "USAGE") return error;
  const pathOf = (place: string): readonly PropertyKey[] | undefined => {
    if (place === "units" || place === "tierLimits") return [place];
    const [, member, index] = /^(enrollments|enrollmentGroups)\[(\d+)\]$/.exec(place) ?? [];
    if (member !== undefined) return [member, Number(index)];
    const [, host, device] = /^hubSettings\.([^[]+?)(?:\.devices\[(\d+)\])?$/.exec(place) ?? [];
    const at = hubs.findIndex(({ hostName }) => hostName === host);
    if (at < 0) return undefined;
    return device === undefined ? ["hubs", at] : ["hubs", at, "devices", Number(device)];
  };
  const problems = error.problems.map((problem) => {
    const path = pathOf(problem.place);
    return path === undefined ? problem : { ...problem, place: yaml.placeOf(path) };
  });
  return problems.every(({ place }, at) => place === error.problems[at]?.place)
    ? error
    : invalid(shown, problems, error);
}

function invalid(shown: string, problems: readonly Problem[], cause?: unknown): FleetError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const message = `${shown} is not a valid configuration of the emulator: ${count}`;
  return new FleetError("FILE_INVALID", message, { problems, cause });
}
