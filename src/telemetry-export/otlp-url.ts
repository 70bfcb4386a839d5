const SCHEMES: readonly string[] = ["http:", "https:"];

/**
 * What is wrong with the URL of a collector; undefined where nothing is. No part of the URL is shown: it may carry a
 * password where none belongs.
 *
 * @param query whether it may have a query
 */
export function otlpUrlProblem(text: string, { query = false } = {}): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !SCHEMES.includes(url.protocol) || url.hostname === "") {
    return "expected a URL such as http://localhost:4318";
  }
  if (url.username !== "" || url.password !== "") {
    return "expected a URL without a name and a password: OTEL_EXPORTER_OTLP_HEADERS carries secrets";
  }
  if ((url.search !== "" && !query) || url.hash !== "") {
    return "expected a URL that ends with its path: /v1/metrics is put behind it";
  }
  return undefined;
}

/** Where metrics go below the URL of a collector. Source: OpenTelemetry specification, "OTLP Exporter", endpoint URLs. */
export function metricsUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/metrics`;
  return url.href;
}

/** A URL as messages show it: without its query, in which some collectors want a key. */
export function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}
