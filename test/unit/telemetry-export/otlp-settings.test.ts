import { expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import { otlpSettings } from "../../../src/telemetry-export/otlp-settings.ts";
import { metricsUrl, otlpUrlProblem } from "../../../src/telemetry-export/otlp-url.ts";

const settings = (given: string | undefined, env: Readonly<Record<string, string>> = {}) =>
  otlpSettings(given, env, "/nowhere");

test("nobody asked, nothing is pushed", async () => {
  expect(await settings(undefined)).toBeUndefined();
  expect(await settings(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: "" })).toBeUndefined();
});

test.for([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" }, "http://c:4318/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/a/" }, "http://c:4318/a/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "https://c/own?k=1" }, "https://c/own?k=1"],
  [
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://m/x", OTEL_EXPORTER_OTLP_ENDPOINT: "http://c" },
    "http://m/x",
  ],
] as const)(
  "the environment names the collector as OpenTelemetry has it: %o",
  async ([env, url]) => {
    expect(await settings(undefined, env)).toMatchObject({ url });
  },
);

test("the command line beats the environment, and what is shown has no query", async () => {
  const env = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "not a URL" };
  expect(await settings("http://c:4318", env)).toMatchObject({ url: "http://c:4318/v1/metrics" });
  const own = await settings(undefined, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "https://c/m?k=1" });
  expect(own?.shown).toBe("https://c/m");
});

test.for([
  { OTEL_SDK_DISABLED: "true" },
  { OTEL_METRICS_EXPORTER: "none" },
  { OTEL_METRICS_EXPORTER: "prometheus" },
])("%o keeps the environment's collector out, and not one of the command line", async (off) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", ...off };
  expect(await settings(undefined, env)).toBeUndefined();
  expect(await settings("http://c:4318", env)).toBeDefined();
});

test("headers of both variables are sent, those for metrics first; times and defaults", async () => {
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b,x=1",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x=2",
    OTEL_METRIC_EXPORT_INTERVAL: "250",
  };
  expect(await settings("http://c", env)).toMatchObject({
    headers: { "api-key": "a b", x: "2" },
    intervalMs: 250,
    timeoutMs: 5_000,
    tls: {},
  });
  expect(await settings("http://c")).toMatchObject({ headers: {}, intervalMs: 10_000 });
});

test("all that is wrong is told at once, at its variable, and no value of it", async () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://user:s3cret@c",
    OTEL_EXPORTER_OTLP_HEADERS: "s3cret",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "a=s3cret%0Ab",
    OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.pem",
    OTEL_EXPORTER_OTLP_TIMEOUT: "0",
  };
  const error = await settings(undefined, env).catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw error;
  expect(error.code).toBe("USAGE");
  expect(error.problems.map(({ place }) => place).toSorted()).toEqual(Object.keys(env).toSorted());
  expect(JSON.stringify(error.problems)).not.toContain("s3cret");
});

test.for(["", "localhost:4318", "http://", "http://n:p@c", "http://c/?a=b", "http://c/#a"])(
  "no URL of a collector: %s",
  (text) => {
    expect(otlpUrlProblem(text)).toMatch(/^expected a URL/);
  },
);

test("a path of the collector's own is kept", () => {
  expect(otlpUrlProblem("http://p:9090/api/v1/otlp")).toBeUndefined();
  expect(metricsUrl("http://p:9090/api/v1/otlp")).toBe("http://p:9090/api/v1/otlp/v1/metrics");
});
