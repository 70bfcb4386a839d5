import { createSecureContext } from "node:tls";
import { expect, test } from "vitest";
import { deferred } from "../../src/base/deferred.ts";
import type { DeviceFailure } from "../../src/base/failure.ts";
import { HubConnection } from "../../src/device/hub-connection.ts";
import { testPki } from "../support/pki.ts";
import type { ScriptedAnswer } from "../support/scripted-dps.ts";
import { startScriptedDps } from "../support/scripted-dps.ts";
import { directWay } from "../support/direct-way.ts";

const HUB = "hub.azure-devices.net";
const twin = (status: number, body: object | string): ScriptedAnswer => ({
  status,
  body,
  topic: (requestId) => `$iothub/twin/res/${status}/?$rid=${requestId}`,
});
const TWIN = twin(200, { desired: { $version: 1 }, reported: { $version: 1 } });

/** Connects to a hub that answers the n-th request with the n-th of `answers`, and reports once the twin is read. */
async function against(answers: readonly ScriptedAnswer[]): Promise<unknown> {
  const pki = await testPki();
  const server = await pki.server([HUB]);
  await using hub = await startScriptedDps(server, ({ index }) => answers[index] ?? "silence");
  const leaf = await pki.leaf("cave-1");
  const lost = deferred<DeviceFailure>();
  try {
    const { connection } = await HubConnection.open(
      {
        hub: HUB,
        deviceId: "cave-1",
        transport: {
          secureContext: createSecureContext({
            cert: leaf.fullChainPem,
            key: leaf.privateKeyPem,
            ca: pki.root.certificatePem,
          }),
          way: directWay([{ host: HUB, address: "127.0.0.1", toPort: hub.port }]),
          connectTimeoutMs: 5_000,
          clock: () => performance.now(),
        },
        requestTimeoutMs: 5_000,
        readsTwin: true,
        onDesired: () => {},
        methods: ["reboot"],
        onMethod: () => ({ status: 200 }),
        onLost: (failure) => lost.resolve(failure),
      },
      new AbortController().signal,
    );
    await connection.report({ temperature: 1 });
    return await lost.promise;
  } catch (error) {
    return error;
  }
}

test.for([
  ["a twin that is no JSON", [twin(200, "<html>")]],
  ["a twin error without a body", [twin(429, "")]],
  ["a refused report without a body", [TWIN, twin(500, "")]],
  [
    "a desired change that is no JSON",
    [
      TWIN,
      { ...twin(204, "no"), topic: () => "$iothub/twin/PATCH/properties/desired/?$version=2" },
    ],
  ],
  [
    "a method call that is no JSON",
    [TWIN, { ...twin(200, "{"), topic: () => "$iothub/methods/POST/reboot/?$rid=1" }],
  ],
] as const)(
  "%s ends the connection as a protocol failure, not the process",
  async ([, answers]) => {
    expect(await against(answers)).toMatchObject({ failureClass: "protocol" });
  },
);
