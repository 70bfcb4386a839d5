import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { ConnectionRules } from "../base/connection-rules.ts";
import type { RefusalClass } from "../base/failure.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import type { LeafDefect } from "../base/leaf-defect.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import type { Transport } from "../base/transport.ts";
import { parseDuration, parseRate } from "../base/units.ts";
import { describeIssue, problemsOf } from "../base/issue-problems.ts";
import type { Arrival } from "./arrival-section.ts";
import { toArrival } from "./arrival-section.ts";
import type { Phase } from "../metrics/phases.ts";
import { connectionRules } from "./connection-section.ts";
import type { OracleSettings } from "./oracle-section.ts";
import { oracleSettings } from "./oracle-section.ts";
import type { Distribution } from "./distribution.ts";
import type { EmulatorSettings } from "./emulator-section.ts";
import type { KEY_KINDS } from "./credentials-field.ts";
import { fleetFault } from "./fault-fields.ts";
import type { ScenarioFile, TARGETS } from "./schema.ts";
import { DEFAULT_THRESHOLDS, DEFAULT_THRESHOLDS_WITHOUT_DPS, scenarioSchema } from "./schema.ts";
import type { TimelineEntry } from "./timeline-section.ts";
import { toTimeline } from "./timeline-section.ts";
import type { WrittenThreshold } from "./threshold-entry.ts";
import { showValue } from "../base/show-value.ts";
import { YamlSource } from "../base/yaml-source.ts";

export type Target = (typeof TARGETS)[number];
export type KeyKind = (typeof KEY_KINDS)[number];

/** A device's identity on disk; `key` undefined = any kind will do, new leaves are P-256. */
export type CertificateSource =
  | {
      readonly format: "pem";
      readonly passphrase?: SecretRef | undefined;
      readonly key?: KeyKind | undefined;
      /** What is wrong with the leaf on purpose; undefined = nothing. */
      readonly defect?: LeafDefect | undefined;
    }
  | {
      readonly format: "pfx";
      readonly password?: SecretRef | undefined;
      readonly key?: KeyKind | undefined;
    };

/** A key that signs the tokens of devices. */
export interface SymmetricKeySource {
  readonly format: "symmetricKey";
  /** undefined = the emulator that the run starts gets a new one. */
  readonly key?: SecretRef | undefined;
  readonly scope: "group" | "individual";
  readonly tokenLifetimeS: number;
}

/** A table of devices and their files. */
export interface TableSource {
  readonly format: "table";
  /** Relative to the scenario. */
  readonly from: string;
  /** Of those that have a key. */
  readonly tokenLifetimeS: number;
}

export type Credentials = CertificateSource | SymmetricKeySource | TableSource;

export interface FleetEntry {
  readonly model: string;
  /** Devices of this entry; 0 only where `--devices` left none for it, undefined = all that its file names. */
  readonly count?: number | undefined;
  /** `{n}` stands for 1, 2, 3 …; undefined = a file names the devices. */
  readonly registrationId?: string | undefined;
  readonly credentials: Credentials;
  /** `jitter` is a fraction of the interval, 0 to 1. */
  readonly telemetry: {
    readonly intervalMs: number | Distribution<number>;
    readonly jitter: number;
  };
  /** How they connect and come back; undefined = as shipped. */
  readonly connection?: ConnectionRules | undefined;
  /** As written, distributions and all. */
  readonly settings: JsonObject;
  /** Of each of its devices. */
  readonly faults: readonly FaultSpec[];
  /** Class with which services must refuse each of its devices; absent = they are to be let in. */
  readonly expectedRefusal?: RefusalClass | undefined;
}

/** A condition on telemetry that is told while it holds. */
export interface AlertSpec {
  readonly name: string;
  /** A text that `parseAlertCondition` understands. */
  readonly when: string;
  /** Application properties of the messages that it looks at. */
  readonly where: Readonly<Record<string, string>>;
}

/** A checked scenario: defaults filled, durations in ms, rates per second. */
export interface Scenario {
  readonly name: string;
  readonly target: Target;
  readonly transport: Transport;
  readonly emulator: EmulatorSettings;
  readonly provisioning: {
    readonly idScope?: string | undefined;
    readonly host?: string | undefined;
    /** undefined = each device has an enrollment of its own. */
    readonly group?: string | undefined;
    /** A file with one device connection string a line, relative to the scenario; undefined = DPS assigns hubs. */
    readonly connectionStrings?: string | undefined;
    /** undefined = create it where a service connection is at hand. */
    readonly createGroup?: boolean | undefined;
    /** Of the group that is created; undefined = that of the DPS instance. */
    readonly allocation?: "hashed" | "geoLatency" | undefined;
    /** A device that boots again goes to the hub that it had; undefined = it registers at every boot. */
    readonly cache?: boolean | undefined;
    readonly initialTwin?:
      | {
          readonly tags?: JsonObject | undefined;
          readonly properties?: { readonly desired?: JsonObject | undefined } | undefined;
        }
      | undefined;
  };
  readonly fleet: readonly FleetEntry[];
  readonly arrival: Arrival;
  /** Attempts to connect that the whole fleet may make a second, > 0; undefined = no limit. */
  readonly attemptsPerS?: number | undefined;
  /** undefined = until stopped. */
  readonly durationMs?: number | undefined;
  /** Seconds of the devices' own time for each second of their intervals, 0.001 to 100000. */
  readonly timeScale: number;
  readonly timeline: readonly TimelineEntry[];
  /** undefined = nobody compares the sides of twins. */
  readonly oracle?: OracleSettings | undefined;
  readonly alerts: readonly AlertSpec[];
  /** Named spans of the run, by the time at which they begin. */
  readonly phases: readonly Phase[];
  readonly thresholds: readonly ScenarioThreshold[];
}

/** A threshold, by an expression that `parseThreshold` understands. */
export interface ScenarioThreshold extends WrittenThreshold {
  /** Where it stands: in the scenario's file, or in a flag. */
  readonly place: string;
}

/**
 * Reads a scenario file.
 *
 * @param source the file's name, as messages show it
 * @throws {FleetError} `SCENARIO_INVALID` with all problems at once, each with file, line, column and path
 */
export function parseScenario(text: string, source: string): Scenario {
  const yaml = new YamlSource(text, source);
  if (yaml.problems.length > 0) throw invalid(source, yaml.problems);
  if (yaml.value === null || yaml.value === undefined) {
    throw invalid(source, [
      { place: source, message: "expected a scenario, got an empty file", hint: START_HINT },
    ]);
  }
  if (typeof yaml.value !== "object" || Array.isArray(yaml.value)) {
    const message = `expected a mapping of keys such as name: and fleet:, got ${showValue(yaml.value)}`;
    throw invalid(source, [{ place: yaml.placeOf([]), message, hint: START_HINT }]);
  }
  const parsed = scenarioSchema.safeParse(yaml.value, { error: describeIssue });
  if (!parsed.success) throw invalid(source, problemsOf(parsed.error.issues, scenarioSchema, yaml));
  return toScenario(parsed.data, yaml);
}

const START_HINT = "scenarios/thirty-caves.yaml is an example to start from";

function invalid(source: string, problems: readonly Problem[]): FleetError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new FleetError("SCENARIO_INVALID", `${source} is not a valid scenario: ${count}`, {
    problems,
  });
}

function toScenario(file: ScenarioFile, yaml: YamlSource): Scenario {
  const { arrival, duration, timeline, fleet, connection, oracle, ...rest } = file;
  const watched = oracleSettings(oracle);
  const attempts = connection?.attempts;
  return {
    ...rest,
    ...(attempts === undefined ? {} : { attemptsPerS: parseRate(attempts) }),
    ...(watched === undefined ? {} : { oracle: watched }),
    phases: file.phases.map(({ name, at }) => ({ name, atMs: parseDuration(at) ?? 0 })),
    thresholds: (
      file.thresholds ?? defaultThresholds(file).map((expression) => ({ expression }))
    ).map((threshold, index) => ({ ...threshold, place: yaml.placeOf(["thresholds", index]) })),
    fleet: fleet.map(({ telemetry, credentials, faults, expect, class: refusal, ...entry }) => ({
      ...entry,
      connection: connectionRules(connection, entry.connection),
      ...(expect === undefined ? {} : { expectedRefusal: refusal ?? "unauthorized" }),
      faults: faults.map(fleetFault),
      credentials: toCredentials(credentials),
      telemetry: {
        intervalMs: telemetry.interval,
        jitter: Number.parseFloat(String(telemetry.jitter)) / 100,
      },
    })),
    alerts: file.alerts.map(({ where, ...alert }) => ({
      ...alert,
      where: Object.fromEntries(Object.entries(where).map(([key, value]) => [key, String(value)])),
    })),
    arrival: toArrival(arrival),
    durationMs: duration === undefined ? undefined : parseDuration(duration),
    timeline: toTimeline(timeline),
  };
}

/** Of a fleet of which nobody is to be let in, there is no share of those who were. */
function defaultThresholds({ provisioning, fleet }: ScenarioFile): readonly string[] {
  const standard =
    provisioning.connectionStrings === undefined
      ? DEFAULT_THRESHOLDS
      : DEFAULT_THRESHOLDS_WITHOUT_DPS;
  const admits = fleet.some(({ expect }) => expect === undefined);
  return admits ? standard : standard.filter((expression) => !expression.endsWith("%"));
}

function toCredentials(written: ScenarioFile["fleet"][number]["credentials"]): Credentials {
  if (written.format === "pem" || written.format === "pfx") return written;
  const { tokenLifetime, ...rest } = written;
  const tokenLifetimeS = (parseDuration(tokenLifetime) ?? 0) / 1_000;
  return "from" in rest
    ? { format: "table", from: rest.from, tokenLifetimeS }
    : { ...rest, tokenLifetimeS };
}
