import fc from "fast-check";
import { expect, test } from "vitest";
import { prometheusName } from "../../../../src/emulator/metrics/prometheus-name.ts";

/** Words as Azure joins them: by dots, and by capital letters. */
const word = fc.stringMatching(/^[a-z]{2,8}$/);
const part = fc.array(word, { minLength: 1, maxLength: 4 });

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

test("the words of a name are what is left of it, whether dots or capitals divide them", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean(), (parts, large) => {
      const name = parts
        .map(([first = "", ...rest]) => [
          large ? capitalized(first) : first,
          ...rest.map(capitalized),
        ])
        .map((words) => words.join(""))
        .join(".");
      expect(prometheusName(name)).toBe(parts.flat().join("_"));
    }),
  );
});

test("any text that begins with a letter becomes a name in Prometheus' grammar", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z]/), (text) => {
      expect(prometheusName(text)).toMatch(/^[a-z_][a-z0-9_]*$/);
    }),
  );
});

test.for([
  ["d2c.telemetry.ingress.allProtocol", "d2c_telemetry_ingress_all_protocol"],
  ["C2DMessagesExpired", "c2d_messages_expired"],
  ["deviceDataUsageV2", "device_data_usage_v2"],
  ["RoutingDataSizeInBytesDelivered", "routing_data_size_in_bytes_delivered"],
  ["d2c.endpoints.egress.builtIn.events", "d2c_endpoints_egress_built_in_events"],
  ["IotHubName", "iot_hub_name"],
] as const)("%s is %s", ([azure, prometheus]) => {
  expect(prometheusName(azure)).toBe(prometheus);
});
