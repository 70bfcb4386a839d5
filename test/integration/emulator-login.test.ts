import { afterAll, beforeAll, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import iotDevice from "azure-iot-device";
import { createLogger } from "../../src/base/log.ts";
import { inSeconds, rawHub, returnCodeAt, sasToken } from "../conformance/support/raw-hub.ts";
import type { Target } from "../conformance/support/target.ts";
import { conformanceTarget } from "../conformance/support/target.ts";

/** What the emulator has logged, one object a line. */
const logged: Record<string, unknown>[] = [];
let wake = (): void => {};

/** The first `count` lines about a device that have this member, when the log has them. */
async function hasLogged(
  [name, value]: readonly [name: string, value: string],
  deviceId: string,
  count: number,
): Promise<readonly unknown[]> {
  for (;;) {
    const lines = logged.filter((line) => line[name] === value && line["deviceId"] === deviceId);
    if (lines.length >= count) return lines;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** The emulator's clock, which stands still. */
let nowMs = Date.now();
let target: Target;
beforeAll(async () => {
  target = await conformanceTarget({
    clock: () => nowMs,
    sasClockSkewS: 0,
    log: createLogger({
      level: "debug",
      destination: {
        write: (line: string) => {
          logged.push(JSON.parse(line));
          wake();
        },
      },
    }),
  });
});
afterAll(() => target[Symbol.asyncDispose]());

/** What the log has of the ends of a device's connections, when it has so many. */
const closings = (deviceId: string, count: number): Promise<readonly unknown[]> =>
  hasLogged(["operationName", "deviceDisconnect"], deviceId, count);

/** A device, and tokens for it. */
async function newDevice(id: string): Promise<(expiry: number) => string> {
  const key = await newDeviceKey(id);
  const resource = encodeURIComponent(`${target.hub}/devices/${id}`);
  return (expiry) => sasToken(resource, key, { expiry });
}

async function newDeviceKey(id: string): Promise<string> {
  const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
  const authentication = { type: "sas", symmetricKey: keys };
  await target.clients.registry.create({ deviceId: id, authentication });
  return keys.primaryKey;
}

// First, since it is about the machine's own time.
test("Microsoft's client renews its token in time, by a new connection", async () => {
  const key = await newDeviceKey("renews");
  const connection = `HostName=${target.hub};DeviceId=renews;SharedAccessKey=${key}`;
  const { SharedAccessKeyAuthenticationProvider: Provider } = iotDevice;
  // Tokens of an hour, each renewed after a second.
  const auth = Provider.fromConnectionString(connection, 3600, 3599);
  const client = iotDevice.Client.fromAuthenticationProvider(auth, target.hubTransport("MQTT"));
  client.on("error", () => {});
  await client.open();
  await hasLogged(["msg", "device connected"], "renews", 2);
  expect(await client.getTwin()).toBeDefined();
  await client.close();
});

test("a connection is closed when its token expires, and a new token opens the next", async () => {
  const [token, otherToken] = [await newDevice("ends"), await newDevice("stays")];
  const expiry = inSeconds(600);
  nowMs = expiry * 1000 - 20;
  await using device = await rawHub(target, "ends", { token: token(expiry) });
  await using other = await rawHub(target, "stays", { token: otherToken(expiry + 60) });
  device.send({ cmd: "pingreq" });
  expect(await device.next()).toMatchObject({ cmd: "pingresp" });
  nowMs = expiry * 1000 + 1;
  await device.closed;
  expect(await closings("ends", 1)).toMatchObject([
    { resultType: "401003", details: "the SAS token has expired" },
  ]);
  expect(await returnCodeAt(target, "ends", { token: token(expiry) })).toBe(5);
  expect(await returnCodeAt(target, "ends", { token: token(expiry + 60) })).toBe(0);
  other.send({ cmd: "pingreq" });
  expect(await other.next()).toMatchObject({ cmd: "pingresp" });
});

test("the log says why a connection is closed, by Azure's number", async () => {
  const token = (await newDevice("replaced"))(inSeconds(3600));
  await using first = await rawHub(target, "replaced", { token });
  await using second = await rawHub(target, "replaced", { token });
  await first.closed;
  expect(await closings("replaced", 1)).toMatchObject([{ component: "hub", resultType: "400027" }]);
  await target.clients.registry.delete("replaced");
  await second.closed;
  expect(await closings("replaced", 2)).toMatchObject([
    { resultType: "400027" },
    { resultType: "401003" },
  ]);
});

test("the log says why a device is refused, by Azure's number, and never shows its token", async () => {
  const token = await newDevice("told");
  const refusedWith = async (what: string): Promise<unknown> => {
    logged.length = 0;
    expect(await returnCodeAt(target, "told", { token: what })).toBe(5);
    return logged.find(({ msg }) => msg === "device refused");
  };
  const expired = token(inSeconds(-60));
  const told = { component: "hub", deviceId: "told", returnCode: 5, errorCode: 401003 };
  expect(await refusedWith(expired)).toMatchObject({
    ...told,
    reason: "the SAS token has expired",
  });
  expect(await refusedWith("secret words")).toMatchObject({
    ...told,
    reason: "the password is no SAS token",
  });
  const text = JSON.stringify(logged);
  expect(text).not.toContain("secret words");
  expect(text).not.toContain("SharedAccessSignature");
});
