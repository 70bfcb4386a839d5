/** Values of low cardinality that split a metric: `{ class: "offline" }`. */
export type Labels = Readonly<Record<string, string>>;

/** The key of a series in snapshots and `run.ndjson`: `telemetry_failed{class:offline}`; labels are sorted by name. */
export function metricKey(name: string, labels: Labels = {}): string {
  const pairs = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}:${value.replaceAll(/[%,{}]/g, encodeURIComponent)}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

/** Undoes `metricKey`; never throws. A text without well-formed labels is a name. */
export function parseMetricKey(key: string): { readonly name: string; readonly labels: Labels } {
  const match = /^([^{}]*)\{([^{}]*)\}$/.exec(key);
  if (match === null) return { name: key, labels: {} };
  const pairs = (match[2] ?? "").split(",").map((pair): [string, string] => {
    const colon = pair.indexOf(":");
    return colon < 0 ? [pair, ""] : [pair.slice(0, colon), decode(pair.slice(colon + 1))];
  });
  return { name: match[1] ?? "", labels: Object.fromEntries(pairs) };
}

function decode(value: string): string {
  return value.replaceAll(/%(?:25|2C|7B|7D)/gi, decodeURIComponent);
}
