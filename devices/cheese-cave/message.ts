import type { Message } from "../../src/model/model.ts";
import { round2 } from "../shared/rounding.ts";
import type { Cave } from "./classic-signal.ts";
import { alertsOf } from "./classic-signal.ts";

/**
 * The message of the C# samples: numbers of two decimals, no content type (consumers of the labs rely on its absence),
 * and application properties to route on. An alert that is not raised is absent, not `false`; `fanAlert` is always there.
 */
export function encodeMessage(cave: Cave): Message {
  const alerts = alertsOf(cave);
  return {
    body: JSON.stringify({
      temperature: round2(cave.temperatureF),
      humidity: round2(cave.humidityPct),
    }),
    properties: {
      sensorID: "S1",
      fanAlert: cave.fan === "failed" ? "true" : "false",
      ...(alerts.temperature ? { temperatureAlert: "true" } : {}),
      ...(alerts.humidity ? { humidityAlert: "true" } : {}),
    },
  };
}
