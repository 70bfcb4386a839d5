import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality } from "@opentelemetry/sdk-metrics";
import { messageOf } from "../base/errors.ts";
import { settlesWithin } from "../base/settles-within.ts";
import type { OtlpSettings } from "./otlp-settings.ts";

/** How many pushes there were, and what came of them. */
export interface PushAccount {
  readonly pushes: number;
  readonly arrived: number;
  /** Whether the collector has the values of the end. */
  readonly lastArrived: boolean;
}

/**
 * Pushes metrics to a collector, again and again. One that cannot be reached does not disturb the run: the next push has
 * the totals again.
 */
export class OtlpPush {
  readonly #settings: OtlpSettings;
  readonly #exporter: OTLPMetricExporter;
  readonly #read: () => ResourceMetrics;
  readonly #onFailure: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  /** The push that is under way; it tells whether it arrived. */
  #current: Promise<boolean> | undefined;
  #pushes = 0;
  #arrived = 0;

  /** @param onFailure told of every push that failed, with what to do */
  constructor(
    settings: OtlpSettings,
    read: () => ResourceMetrics,
    onFailure: (text: string) => void,
  ) {
    this.#settings = settings;
    this.#read = read;
    this.#onFailure = onFailure;
    this.#exporter = new OTLPMetricExporter({
      url: settings.url,
      headers: settings.headers,
      timeoutMillis: settings.timeoutMs,
      temporalityPreference: AggregationTemporality.CUMULATIVE,
      httpAgentOptions: { keepAlive: true, ...settings.tls },
    });
    this.#timer = setInterval(() => {
      // One that takes longer than the interval is not overtaken.
      if (this.#current === undefined) void this.#push();
    }, settings.intervalMs);
  }

  /** Pushes the values of the end, within the time of one push, and ends. */
  async finish(): Promise<PushAccount> {
    this.stop();
    const last = Promise.resolve(this.#current).then(() => this.#push());
    const inTime = await settlesWithin(last, this.#settings.timeoutMs);
    return {
      pushes: this.#pushes,
      arrived: this.#arrived,
      lastArrived: inTime && (await last),
    };
  }

  /** Pushes nothing more; safe to call twice. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** @returns whether it arrived */
  #push(): Promise<boolean> {
    this.#pushes += 1;
    this.#current = new Promise<boolean>((resolve) => {
      this.#exporter.export(this.#read(), ({ error }) => {
        if (error === undefined) this.#arrived += 1;
        else this.#onFailure(whyNot(error, this.#settings.shown));
        this.#current = undefined;
        resolve(error === undefined);
      });
    });
    return this.#current;
  }
}

/** What the exporter's error says, with what to do; nothing of an answer's body is shown. */
function whyNot(error: Error, shown: string): string {
  const status = "code" in error ? error.code : undefined;
  const reason = typeof status === "number" ? `HTTP ${status}` : messageOf(error);
  return `metrics did not reach ${shown} (${reason}): ${mendOf(status)}`;
}

function mendOf(code: unknown): string {
  switch (code) {
    case 401:
    case 403:
      return "OTEL_EXPORTER_OTLP_HEADERS has the credentials";
    case 404:
    case 405:
      return "is that the collector's path for OTLP over HTTP?";
    case 400:
    case 415:
      return "the collector must take OTLP over HTTP as JSON";
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "EPROTO":
      return "is a collector there, and is that its port for OTLP over HTTP (4318; 4317 is for gRPC)?";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return "OTEL_EXPORTER_OTLP_CERTIFICATE names the file with the CA of the collector's certificate";
    default:
      return "is the collector up, and reached from here?";
  }
}
