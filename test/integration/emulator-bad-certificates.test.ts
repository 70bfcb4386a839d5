import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeviceFailure } from "../../src/base/failure.ts";
import { DEVICE_LIMITS } from "../../src/device/device-limits.ts";
import { register } from "../../src/device/provisioning.ts";
import { createSlots } from "../../src/device/slots.ts";
import type { LeafDefect } from "../../src/base/leaf-defect.ts";
import { LEAF_DEFECTS } from "../../src/base/leaf-defect.ts";
import { issueDefectiveLeaf } from "../../src/pki/defects.ts";
import type { TestCloud } from "../support/fleet.ts";
import { startTestCloud } from "../support/fleet.ts";
import { directWay } from "../support/direct-way.ts";

/** Its group is of the intermediate that signs good leaves. */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud[Symbol.asyncDispose]());

/** Registers with Microsoft's SDK whatever the certificate is: nothing judges it on the way out. */
function registerWith(
  registrationId: string,
  leaf: { readonly fullChainPem: string; readonly privateKeyPem: string },
) {
  const { endpoints } = cloud;
  return register({
    registrationId,
    provisioningHost: endpoints.provisioningHost,
    idScope: endpoints.idScope,
    transport: {
      secureContext: createSecureContext({
        cert: leaf.fullChainPem,
        key: leaf.privateKeyPem,
        ca: endpoints.caPem,
      }),
      way: directWay(endpoints.connectTo),
      connectTimeoutMs: 5_000,
      clock: () => performance.now(),
    },
    slots: createSlots(1),
    rules: DEVICE_LIMITS,
    random: () => 0,
    requestTimeoutMs: 5_000,
    totalTimeoutMs: DEVICE_LIMITS.registrationTotalMs,
    signal: new AbortController().signal,
    attempt: () => Promise.resolve(0),
    onThrottled: () => {},
  });
}

const INVALID = ["401002", "registration refused: Invalid certificate."] as const;
const NO_CA = ["401002", "registration refused: CA certificate not found."] as const;
/** What the service answers to each defect. */
const ANSWERS: Readonly<Record<LeafDefect, readonly [code: string, text: string]>> = {
  expired: INVALID,
  "not-yet-valid": INVALID,
  "wrong-ca": NO_CA,
  // Its names do not agree, which is judged before any chain.
  "wrong-cn": ["CONNACK 5", "not authorized"],
  "no-client-auth": INVALID,
  "self-signed": NO_CA,
  "broken-chain": NO_CA,
  "ca-as-leaf": INVALID,
  "weak-key": INVALID,
};

test("a good leaf is assigned", async () => {
  const leaf = await cloud.pki.leaf("bad-good");
  expect(await registerWith("bad-good", leaf)).toMatchObject({ deviceId: "bad-good" });
});

test.for(LEAF_DEFECTS)("DPS refuses a leaf with the defect %s", async (defect) => {
  const registrationId = `bad-${defect}`;
  const { intermediate: signer, now } = cloud.pki;
  const leaf = await issueDefectiveLeaf(defect, { registrationId, signer, now });
  const failure: unknown = await registerWith(registrationId, leaf).catch(
    (error: unknown) => error,
  );
  const [code, text] = ANSWERS[defect];
  expect(failure).toBeInstanceOf(DeviceFailure);
  expect(failure).toMatchObject({
    failureClass: "unauthorized",
    code,
    message: expect.stringContaining(text),
  });
});
