/**
 * Parses `name=value,name=value` with percent-encoded values, as OpenTelemetry's variables have it; never throws.
 * Source: OpenTelemetry specification, "Environment Variable Specification"; W3C Baggage, 3.3.1.
 *
 * @returns undefined where it is not so: no part of the text may be shown, since it may carry secrets
 */
export function parseKeyPairs(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(",").filter((part) => part.trim() !== "");
  const read = pairs.map((part) => {
    const [, name, value] = /^\s*([^\s=]+)\s*=(.*)$/.exec(part) ?? [];
    return name === undefined || value === undefined ? undefined : { name, value: decode(value) };
  });
  const entries: [string, string][] = [];
  for (const pair of read) {
    if (pair?.value === undefined) return undefined;
    entries.push([pair.name, pair.value]);
  }
  return Object.fromEntries(entries);
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value.trim());
  } catch {
    return undefined;
  }
}
