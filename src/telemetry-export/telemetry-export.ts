import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ThresholdView } from "../metrics/thresholds.ts";
import { fleetMetrics } from "./fleet-metrics.ts";
import { OtlpPush } from "./otlp-push.ts";
import type { OtlpSettings } from "./otlp-settings.ts";
import type { ScrapeAddress } from "./scrape-address.ts";
import type { ScrapeEndpoint } from "./scrape-endpoint.ts";
import { openScrapeEndpoint } from "./scrape-endpoint.ts";

/** The run whose metrics are exported. */
export interface ExportedRun {
  readonly id: string;
  readonly scenario: string;
  readonly target: "emulator" | "azure";
  /** Of this program. */
  readonly version: string;
  readonly startedMs: number;
}

/** Who wants the metrics, and what is told of it. */
export interface ExportOptions {
  readonly prometheus: ScrapeAddress | undefined;
  readonly otlp: OtlpSettings | undefined;
  /** Attributes of the resource beside and in place of the run's own. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ms since 1970. */
  readonly nowMs: () => number;
  readonly console: { phase(text: string): void; warning(text: string): void };
}

const SCOPE = { name: "dps-fleet" };

/** Gives the metrics of a run to Prometheus, to a collector, or to both, from its begin to its end. */
export class TelemetryExport implements AsyncDisposable {
  readonly #options: ExportOptions;
  // Without timestamps, constant labels and the scope as labels, with `target_info`.
  readonly #serializer = new PrometheusSerializer("", false, undefined, false, true);
  #endpoint: ScrapeEndpoint | undefined;
  #push: OtlpPush | undefined;
  #read: (() => ResourceMetrics) | undefined;
  #hasFailed = false;

  private constructor(options: ExportOptions) {
    this.#options = options;
  }

  /**
   * Opens the port; scrapes are answered with 503 until there is a run.
   *
   * @throws {FleetError} `ADDRESS_IN_USE`
   */
  static async open(options: ExportOptions): Promise<TelemetryExport> {
    const opened = new TelemetryExport(options);
    const { prometheus, otlp, console } = options;
    if (prometheus !== undefined) {
      opened.#endpoint = await openScrapeEndpoint(prometheus, () => opened.#text());
      console.phase(`metrics for Prometheus: ${opened.#endpoint.url}`);
    }
    if (otlp !== undefined) {
      console.phase(`metrics go to ${otlp.shown} every ${otlp.intervalMs / 1_000} s`);
    }
    return opened;
  }

  /** @param read what is known of the fleet at the moment of the call */
  begin(run: ExportedRun, read: () => ThresholdView): void {
    const { otlp, attributes, nowMs } = this.#options;
    const resource = resourceFromAttributes({
      "service.name": "dps-fleet",
      "service.version": run.version,
      "service.instance.id": run.id,
      "dps_fleet.scenario": run.scenario,
      "dps_fleet.target": run.target,
      ...attributes,
    });
    const source = (): ResourceMetrics => {
      const metrics = fleetMetrics(read(), { startMs: run.startedMs, endMs: nowMs() });
      return { resource, scopeMetrics: [{ scope: SCOPE, metrics }] };
    };
    this.#read = source;
    if (otlp !== undefined) this.#push = new OtlpPush(otlp, source, (text) => this.#warn(text));
  }

  /** Pushes the values of the end and tells what was not taken. The port stays open until this is disposed of. */
  async finish(): Promise<void> {
    const { otlp, console } = this.#options;
    const account = await this.#push?.finish();
    if (otlp === undefined || account === undefined) return;
    const { pushes, arrived, lastArrived } = account;
    if (arrived === pushes) return;
    const missing = pushes - arrived;
    const end = lastArrived ? "it has the values of the end" : "it lacks the values of the end";
    console.warning(
      `${missing} of ${pushes} pushes of metrics did not reach ${otlp.shown}; ${end}`,
    );
  }

  /** Closes the port and pushes nothing more; safe to call twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#push?.stop();
    await this.#endpoint?.close();
  }

  #text(): string | undefined {
    return this.#read && this.#serializer.serialize(this.#read());
  }

  /** The first failure only: those after it have the same cause, and are counted. */
  #warn(text: string): void {
    if (!this.#hasFailed) this.#options.console.warning(text);
    this.#hasFailed = true;
  }
}
