import { expect, test } from "vitest";
import { proxiesOf } from "../../../src/base/proxy.ts";
import { deviceRoute, httpsRoute } from "../../../src/base/transport.ts";

const HUB = "a.azure-devices.net";
const proxyFor = proxiesOf({ HTTPS_PROXY: "http://proxy.example:3128" });
const rule = { host: HUB, port: 443, address: "192.0.2.7", toPort: 8443 };

test("HTTPS goes to the name itself, through the proxy where there is one", () => {
  const direct = { connectTo: [], proxyFor: () => undefined };
  expect(httpsRoute(direct, HUB)).toEqual({ address: HUB, port: 443, proxy: undefined });
  expect(httpsRoute({ connectTo: [], proxyFor }, HUB)).toEqual({
    address: HUB,
    port: 443,
    proxy: { host: "proxy.example", port: 3128 },
  });
});

test("what a rule says how to dial is reached without a proxy, under the same name on another port too", () => {
  const dialled = { address: "192.0.2.7", port: 8443, proxy: undefined };
  expect(httpsRoute({ connectTo: [rule], proxyFor }, HUB)).toEqual(dialled);
  const otherPort = { ...rule, address: HUB };
  expect(httpsRoute({ connectTo: [otherPort], proxyFor }, HUB)).toEqual({
    ...dialled,
    address: HUB,
  });
});

test("devices go to 443 with MQTT over WebSocket, and to 8883 without a proxy else", () => {
  const way = { connectTo: [], proxyFor };
  expect(deviceRoute({ ...way, transport: "mqtt-ws" }, HUB)).toMatchObject({
    port: 443,
    proxy: { host: "proxy.example" },
  });
  expect(deviceRoute({ ...way, transport: "mqtt" }, HUB)).toEqual({
    address: HUB,
    port: 8883,
    proxy: undefined,
  });
  expect(deviceRoute({ ...way, transport: "mqtt" }, HUB, 18_883).port).toBe(18_883);
});
