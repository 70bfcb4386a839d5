/** Before a capital letter that begins a word: after a small letter, or before a small letter. */
const WORD = /([a-z])(?=[A-Z])|([A-Z0-9])(?=[A-Z][a-z])/g;

/**
 * A REST name, or the name of a dimension, in Prometheus' grammar: words in small letters, joined by `_`.
 * `d2c.telemetry.ingress.allProtocol` becomes `d2c_telemetry_ingress_all_protocol`, and `IotHubName` `iot_hub_name`.
 */
export function prometheusName(azureName: string): string {
  return azureName.replaceAll(WORD, "$&_").replaceAll(/\W+/g, "_").toLowerCase();
}
