import { FleetError } from "../base/errors.ts";
import { parseKeyPairs } from "./key-pairs.ts";
import { otlpSettings } from "./otlp-settings.ts";
import type { ScrapeAddress } from "./scrape-address.ts";
import type { ExportOptions, TelemetryExport } from "./telemetry-export.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says of the export of metrics. */
export interface ExportWishes {
  readonly prometheus?: ScrapeAddress | undefined;
  /** The URL of a collector, checked by `otlpUrlProblem`. */
  readonly otlp?: string | undefined;
}

/**
 * Opens what the command line and OpenTelemetry's variables ask for. The libraries are loaded only then.
 *
 * @returns undefined where nobody asked
 * @throws {FleetError} `ADDRESS_IN_USE`; `USAGE` with all that is wrong in the environment
 */
export async function openTelemetryExport(
  { prometheus, otlp: collector }: ExportWishes,
  context: Pick<ExportOptions, "console" | "nowMs"> & {
    readonly env: Environment;
    readonly cwd: string;
  },
): Promise<TelemetryExport | undefined> {
  const { env, cwd, console, nowMs } = context;
  const otlp = await otlpSettings(collector, env, cwd);
  if (prometheus === undefined && otlp === undefined) return undefined;
  const attributes = resourceAttributes(env);
  const { TelemetryExport } = await import("./telemetry-export.ts");
  return TelemetryExport.open({ prometheus, otlp, attributes, console, nowMs });
}

/** Source: OpenTelemetry specification, "Resource SDK", specifying resource information via an environment variable. */
function resourceAttributes(env: Environment): Readonly<Record<string, string>> {
  const attributes = parseKeyPairs(env["OTEL_RESOURCE_ATTRIBUTES"] ?? "");
  if (attributes === undefined) {
    throw new FleetError("USAGE", "the environment is wrong", {
      problems: [
        {
          place: "OTEL_RESOURCE_ATTRIBUTES",
          message: "expected NAME=VALUE,NAME=VALUE with percent-encoded values",
        },
      ],
    });
  }
  const name = env["OTEL_SERVICE_NAME"];
  return name ? { ...attributes, "service.name": name } : attributes;
}
