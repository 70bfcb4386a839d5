import { afterAll, beforeAll, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { createLogger } from "../../src/base/log.ts";
import { registerWithSdk } from "../conformance/support/device.ts";
import { symmetricKeys } from "../conformance/support/entries.ts";
import { inSeconds, rawHub, returnCodeAt, sasToken } from "../conformance/support/raw-hub.ts";
import type { Target } from "../conformance/support/target.ts";
import { conformanceTarget } from "../conformance/support/target.ts";

/** What the emulator has logged, one object a line. */
const logged: Record<string, unknown>[] = [];
/** How far the emulator's clock is ahead. */
let aheadMs = 0;
let target: Target;
beforeAll(async () => {
  target = await conformanceTarget({
    clock: () => Date.now() + aheadMs,
    sasClockSkewS: 0,
    log: createLogger({
      level: "debug",
      destination: { write: (line: string) => logged.push(JSON.parse(line)) },
    }),
  });
});
afterAll(() => target[Symbol.asyncDispose]());

async function newDevice(id: string): Promise<(expiry: number) => string> {
  await using my = target.entries();
  const key = newSymmetricKey();
  await my.individual(id, symmetricKeys(key, newSymmetricKey()));
  await registerWithSdk(target, "MQTT", id, { symmetricKey: key });
  const resource = encodeURIComponent(`${target.hub}/devices/${id}`);
  return (expiry) => sasToken(resource, key, { expiry });
}

test("a connection is closed when its token expires, and a new token opens the next", async () => {
  const token = await newDevice("ends");
  const expiry = inSeconds(3600);
  aheadMs = expiry * 1000 - Date.now() - 50;
  await using device = await rawHub(target, "ends", { token: token(expiry) });
  await using renewed = await rawHub(target, "other", {
    token: (await newDevice("other"))(expiry + 3600),
  });
  await device.closed;
  expect(await returnCodeAt(target, "ends", { token: token(expiry) })).toBe(5);
  expect(await returnCodeAt(target, "ends", { token: token(expiry + 3600) })).toBe(0);
  renewed.send({ cmd: "pingreq" });
  expect(await renewed.next()).toMatchObject({ cmd: "pingresp" });
  aheadMs = 0;
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
