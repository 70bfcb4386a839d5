import { randomBytes } from "node:crypto";
import { Agent } from "node:https";
import { join } from "node:path";

import iotCommon from "azure-iot-common";
import type { DeviceMethodRequest, DeviceMethodResponse, Twin } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import { z } from "zod";

import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { report } from "../conformance/support/hub-device.ts";
import { hubTransport } from "../conformance/support/transports.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";
import { startCommand } from "../support/started-command.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

/** What a device does with a desired patch: what it reports for it, undefined = nothing. */
export type Follow = (
  patch: Readonly<Record<string, unknown>>,
  version: number,
) => Readonly<Record<string, unknown>> | undefined;

/** An emulator, devices of Microsoft's SDK at its hubs, and commands against it. */
export interface HubCommandsWorld extends AsyncDisposable {
  readonly test: TestEmulator;
  readonly clients: ReturnType<typeof serviceClients>;
  /** Writes a file into the folder in which commands run. */
  readonly file: (name: string, content: string) => void;
  /** Runs a command with `--emulator`. */
  readonly run: (...argv: readonly string[]) => Promise<CliEnd>;
  /** Runs a command without it. */
  readonly runWith: (
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<CliEnd>;
  /** Starts a command with `--emulator`, which signals can be sent to. */
  readonly start: (...argv: readonly string[]) => ReturnType<typeof startCommand>;
  /** Makes an identity with a symmetric key. @param hub its number */
  readonly create: (deviceId: string, hub?: number) => Promise<void>;
  /** Makes and connects a device that follows its desired properties. */
  readonly connect: (
    deviceId: string,
    options?: {
      readonly hub?: number;
      readonly follow?: Follow;
      readonly methods?: Readonly<
        Record<string, (request: DeviceMethodRequest, response: DeviceMethodResponse) => void>
      >;
    },
  ) => Promise<Twin>;
}

const patchSchema = z.looseObject({ $version: z.number() });

export async function hubCommandsWorld(
  options: Omit<EmulatorOptions, "tls"> = {},
): Promise<HubCommandsWorld> {
  const test = await emulatorForTest(options);
  const { emulator, pki } = test;
  const dir = temporaryDir();
  const ca = pki.root.certificatePem;
  const file = (name: string, content: string): void => {
    writeTestFile(join(dir.path, name), content);
  };
  file("tls.pem", ca);
  file("emulator.json", JSON.stringify(emulatorInfo(emulator, join(dir.path, "tls.pem"))));
  const clients = emulator.hubs.map((_host, at) => serviceClients(test, at));
  const keys = new Map<string, string>();
  const open: iotDevice.Client[] = [];
  const agent = new Agent({ host: emulator.host, port: emulator.httpsPort, ca });
  const detour = { address: emulator.host, mqttPort: emulator.mqttPort, agent, ca };
  const Transport = hubTransport("MQTT", detour);
  const create = async (deviceId: string, hub = 0): Promise<void> => {
    const key = randomBytes(32).toString("base64");
    keys.set(deviceId, key);
    await clients[hub]?.registry.create({
      deviceId,
      authentication: { type: "sas", symmetricKey: { primaryKey: key, secondaryKey: key } },
    });
  };
  const [first] = clients;
  if (first === undefined) throw new TypeError("an emulator without hubs");
  return {
    test,
    clients: first,
    file,
    run: (...argv) => runHere(dir.path, [...argv, "--emulator", "emulator.json"]),
    runWith: (argv, env) => runHere(dir.path, argv, env),
    start: (...argv) => startCommand(dir.path, [...argv, "--emulator", "emulator.json"]),
    create,
    connect: async (deviceId, { hub = 0, follow, methods = {} } = {}) => {
      await create(deviceId, hub);
      const connection = `HostName=${emulator.hubs[hub]};DeviceId=${deviceId};SharedAccessKey=${keys.get(deviceId)}`;
      const client = iotDevice.Client.fromConnectionString(connection, Transport);
      client.on("error", () => {});
      client.setRetryPolicy(new iotCommon.NoRetry());
      await client.open();
      open.push(client);
      for (const [name, answer] of Object.entries(methods)) client.onDeviceMethod(name, answer);
      const twin = await client.getTwin();
      let isFirst = true;
      twin.on("properties.desired", (given: unknown) => {
        // The SDK tells all that is there once, before the first patch.
        if (isFirst) {
          isFirst = false;
          return;
        }
        const { $version, ...patch } = patchSchema.parse(given);
        const reported = follow?.(patch, $version);
        if (reported !== undefined) void report(twin, reported);
      });
      // Its answer tells that every subscription before it has arrived.
      await report(twin, { booted: true });
      return twin;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of open) {
        client.removeAllListeners("disconnect");
        await client.close();
      }
      for (const one of clients) one[Symbol.dispose]();
      agent.destroy();
      await emulator.stop();
      dir[Symbol.dispose]();
    },
  };
}
