import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { redactLine } from "../base/log.ts";
import type { Credentials, Scenario } from "../scenario/scenario.ts";

/** As JSON, with what has the looks of a secret taken out: settings of devices may have anything in them. */
function harmless(value: object): JsonObject {
  const copy: unknown = JSON.parse(redactLine(JSON.stringify(value)));
  if (!isJsonObject(copy)) throw new TypeError("expected an object");
  return copy;
}

/** A kind of key is no secret; under its own name it would be taken for one. */
function shownCredentials(credentials: Credentials): object {
  if (credentials.format !== "pem" && credentials.format !== "pfx") return credentials;
  const { key: keyKind, ...others } = credentials;
  return { ...others, keyKind };
}

/** The scenario that is run, all overrides applied, to be recorded and shown: nothing in it is secret. */
export const shownScenario = (scenario: Scenario): JsonObject =>
  harmless({
    ...scenario,
    fleet: scenario.fleet.map((entry) => ({
      ...entry,
      credentials: shownCredentials(entry.credentials),
    })),
    // Where they stand differs from machine to machine, and says nothing of the run.
    thresholds: scenario.thresholds.map(({ expression, abort }) => ({ expression, abort })),
  });

/** What the command line or the environment said in the scenario's place, likewise; without groups that are empty. */
export const shownOverrides = (overrides: object): JsonObject =>
  Object.fromEntries(
    Object.entries(harmless(overrides)).filter(
      ([, value]) => !isJsonObject(value) || Object.keys(value).length > 0,
    ),
  );
