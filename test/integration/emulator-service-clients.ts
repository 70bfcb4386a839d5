import { Agent } from "node:https";
import iothub from "azure-iothub";
import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import type { TestEmulator } from "./emulator-wire.ts";

const { Client, Registry } = iothub;

/**
 * Points one of Microsoft's service clients at the emulator: dialling and trust change, names do not. The field is
 * private, and the only door that Registry and Client have.
 */
export function redirect(client: object, agent: Agent): void {
  const rest: unknown = Reflect.get(client, "_restApiClient");
  if (typeof rest !== "object" || rest === null || !("setOptions" in rest))
    throw new TypeError("the SDK's rest client is elsewhere");
  const { setOptions } = rest;
  if (typeof setOptions !== "function") throw new TypeError("the SDK's rest client is different");
  Reflect.apply(setOptions, rest, [{ http: { agent } }]);
}

/** Microsoft's unmodified service clients against an emulator. */
export function serviceClients({ emulator, pki }: TestEmulator, hub = 0) {
  const agent = new Agent({
    host: emulator.host,
    port: emulator.httpsPort,
    ca: pki.root.certificatePem,
    keepAlive: true,
  });
  const hubString = emulator.hubConnectionStrings[hub] ?? "";
  const registry = Registry.fromConnectionString(hubString);
  const methods = Client.fromConnectionString(hubString);
  const dps = ProvisioningServiceClient.fromConnectionString(emulator.dpsConnectionString);
  for (const client of [registry, methods, dps]) redirect(client, agent);
  return { registry, methods, dps, agent, [Symbol.dispose]: () => agent.destroy() };
}

/** Creates the enrollment group of a signing certificate through Microsoft's client. */
export async function enrollGroup(
  test: TestEmulator,
  options: {
    readonly id?: string;
    readonly certificatePem?: string;
    readonly secondaryPem?: string;
    readonly disabled?: boolean;
    readonly desired?: Record<string, unknown>;
    readonly iotHubs?: string[];
  } = {},
): Promise<void> {
  using clients = serviceClients(test);
  const group: Parameters<typeof clients.dps.createOrUpdateEnrollmentGroup>[0] = {
    enrollmentGroupId: options.id ?? "caves",
    attestation: {
      type: "x509",
      x509: {
        signingCertificates: {
          primary: { certificate: options.certificatePem ?? test.pki.intermediate.certificatePem },
          ...(options.secondaryPem === undefined
            ? {}
            : { secondary: { certificate: options.secondaryPem } }),
        },
      },
    },
    provisioningStatus: options.disabled === true ? "disabled" : "enabled",
    ...(options.iotHubs === undefined ? {} : { iotHubs: options.iotHubs }),
  };
  // The SDK's types ask for counters that only the service fills in; its samples leave them out too.
  const initialTwin = { tags: { site: "cave" }, properties: { desired: options.desired ?? {} } };
  await clients.dps.createOrUpdateEnrollmentGroup(Object.assign(group, { initialTwin }));
}
