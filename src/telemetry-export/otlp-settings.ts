import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { parseKeyPairs } from "./key-pairs.ts";
import { metricsUrl, otlpUrlProblem, shownUrl } from "./otlp-url.ts";

/** How metrics are pushed. It carries secrets. */
export interface OtlpSettings {
  /** That requests go to. */
  readonly url: string;
  /** The same for messages. */
  readonly shown: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM: what the collector's certificate is checked against, and what shows who we are; undefined = Node's, nobody. */
  readonly tls: Readonly<Partial<Record<"ca" | "cert" | "key", string>>>;
  readonly intervalMs: number;
  /** For one push, its repetitions included. */
  readonly timeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 5_000;

const milliseconds = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, { error: "expected milliseconds, a whole number from 1" })
  .transform(Number);
/** Source: RFC 9110, 5.1 and 5.5. */
const isHeader = ([name, value]: readonly [string, string]): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7E\x80-\xFF]*$/.test(value);
const headers = z.string().transform((text, context) => {
  const pairs = parseKeyPairs(text);
  if (pairs !== undefined && Object.entries(pairs).every(isHeader)) return pairs;
  context.addIssue("expected NAME=VALUE,NAME=VALUE with percent-encoded values");
  return z.NEVER;
});
const url = (query: boolean) =>
  z.string().superRefine((text, context) => {
    const problem = otlpUrlProblem(text, { query });
    if (problem !== undefined) context.addIssue(problem);
  });

/** What OpenTelemetry's variables say, read one by one; all that is wrong is told at once. */
class StandardVariables {
  readonly #env: Environment;
  readonly problems: Problem[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The first of these variables that is set; an empty one is not. */
  read<Value>(names: readonly string[], schema: z.ZodType<Value>): Value | undefined {
    const place = names.find((name) => this.#env[name]);
    if (place === undefined) return undefined;
    const parsed = schema.safeParse(this.#env[place]);
    if (parsed.success) return parsed.data;
    this.problems.push(...parsed.error.issues.map(({ message }) => ({ place, message })));
    return undefined;
  }

  async file(names: readonly string[], cwd: string): Promise<string | undefined> {
    const place = names.find((name) => this.#env[name]);
    if (place === undefined) return undefined;
    try {
      return await readFile(resolve(cwd, this.#env[place] ?? ""), "utf8");
    } catch (error) {
      this.problems.push({ place, message: `expected a PEM file, got: ${fileTrouble(error)}` });
      return undefined;
    }
  }
}

/** The variable for metrics, which wins, and the one for all signals. */
const forMetrics = (setting: string): readonly string[] => [
  `OTEL_EXPORTER_OTLP_METRICS_${setting}`,
  `OTEL_EXPORTER_OTLP_${setting}`,
];

/**
 * How metrics are to be pushed, by `--otlp` or as OpenTelemetry's variables say.
 * Source: OpenTelemetry specification, "OTLP Exporter" and "Environment Variable Specification".
 *
 * @param given the URL of the collector, checked by `otlpUrlProblem`; undefined = what the environment says
 * @returns undefined where nobody asked for it
 * @throws {FleetError} `USAGE` with every variable that is wrong; no value of a header is shown
 */
export async function otlpSettings(
  given: string | undefined,
  env: Environment,
  cwd: string,
): Promise<OtlpSettings | undefined> {
  if (given === undefined && isSwitchedOff(env)) return undefined;
  const variables = new StandardVariables(env);
  const target = given === undefined ? endpointOf(variables) : metricsUrl(given);
  if (target === undefined && variables.problems.length === 0) return undefined;
  const [general, own] = ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS"].map(
    (name) => variables.read([name], headers),
  );
  const ca = await variables.file(forMetrics("CERTIFICATE"), cwd);
  const cert = await variables.file(forMetrics("CLIENT_CERTIFICATE"), cwd);
  const key = await variables.file(forMetrics("CLIENT_KEY"), cwd);
  const intervalMs = variables.read(["OTEL_METRIC_EXPORT_INTERVAL"], milliseconds) ?? INTERVAL_MS;
  const timeoutMs = variables.read(forMetrics("TIMEOUT"), milliseconds) ?? TIMEOUT_MS;
  if (variables.problems.length > 0 || target === undefined) {
    throw new FleetError("USAGE", "the environment is wrong", {
      problems: variables.problems,
      hint: "OTEL_SDK_DISABLED=true pushes no metrics",
    });
  }
  return {
    url: target,
    shown: shownUrl(target),
    headers: { ...general, ...own },
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    intervalMs,
    timeoutMs,
  };
}

/** The URL for metrics is taken as it is, the one for all signals gets its path. */
function endpointOf(variables: StandardVariables): string | undefined {
  const full = variables.read(["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"], url(true));
  const base = variables.read(["OTEL_EXPORTER_OTLP_ENDPOINT"], url(false));
  return full ?? (base === undefined ? undefined : metricsUrl(base));
}

/** The environment may name a collector for other programs, or for traces alone. */
function isSwitchedOff(env: Environment): boolean {
  const exporter = env["OTEL_METRICS_EXPORTER"];
  const isOther =
    exporter !== undefined && exporter !== "" && !exporter.split(",").includes("otlp");
  return env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || isOther;
}
