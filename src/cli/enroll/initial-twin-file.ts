import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { describeIssue, problemsOf } from "../../base/issue-problems.ts";
import { showValue } from "../../base/show-value.ts";
import { YamlSource } from "../../base/yaml-source.ts";
import { initialTwinField } from "../../scenario/fields.ts";
import type { InitialTwin } from "../../service/enrollment-settings.ts";

/**
 * The twin that devices begin with, from YAML or JSON: `tags` and `properties.desired`.
 *
 * @param shown the file's path as the user wrote it
 * @param cwd what a relative path is relative to
 * @throws {FleetError} `FILE_INVALID` with every problem at its line and column
 */
export async function readInitialTwin(shown: string, cwd: string): Promise<InitialTwin> {
  const yaml = new YamlSource(await textOf(shown, cwd), shown);
  if (yaml.problems.length > 0) throw invalid(shown, yaml.problems);
  if (typeof yaml.value !== "object" || yaml.value === null || Array.isArray(yaml.value)) {
    const message = `expected tags and properties.desired, got ${showValue(yaml.value)}`;
    throw invalid(shown, [{ place: yaml.placeOf([]), message }]);
  }
  const parsed = initialTwinField.safeParse(yaml.value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw invalid(shown, problemsOf(parsed.error.issues, initialTwinField, yaml));
}

async function textOf(shown: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, shown), "utf8");
  } catch (cause) {
    const message = `expected a file with a twin, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${shown}: ${message}`, {
      cause,
      problems: [{ place: shown, message }],
      hint: "check --initial-twin",
    });
  }
}

const invalid = (shown: string, problems: readonly Problem[]): FleetError =>
  new FleetError("FILE_INVALID", `${shown} is no initial twin`, {
    problems,
    hint: "it looks like: { tags: { site: cellar }, properties: { desired: { fanstate: on } } }",
  });
