import { formatPerS } from "./arrival-text.ts";
import type { ArrivalEvent } from "./output.ts";
import { plural } from "./terminal-text.ts";

/** What an adaptive arrival tells while it goes on; undefined = nothing new. */
export function arrivalChangeText({
  reason,
  ratePerS,
  beforePerS,
  started,
}: ArrivalEvent): string | undefined {
  const now = formatPerS(ratePerS);
  switch (reason) {
    case "begin":
      return `devices start at ${now}, and faster until a service pushes back`;
    case "raise":
    case "refine":
    case "asked":
      return undefined;
    case "throttled":
    case "latency": {
      const why = reason === "throttled" ? "devices are refused" : "devices take longer";
      return `${why} at ${formatPerS(beforePerS)}, ${now} is held`;
    }
    case "complete":
      return `all ${plural(started, "device")} started`;
    default:
      return reason satisfies never;
  }
}
