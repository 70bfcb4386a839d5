import { expect, test } from "vitest";
import { DEVICE_LIMITS } from "../../../src/device/device-limits.ts";
import { registrationFailure } from "../../../src/device/registration-failure.ts";
import { retryWaitMs } from "../../../src/device/retry-wait.ts";
import { connackFailure, socketFailure } from "../../../src/device/wire-failure.ts";
import { UpgradeRefused } from "../../../src/base/mqtt-websocket.ts";
import { ProxyFailure } from "../../../src/base/proxy-tunnel.ts";
import type { RetryJitter } from "../../../src/base/connection-rules.ts";
import { DeviceFailure } from "../../../src/base/failure.ts";

const coded = (code: string): Error => Object.assign(new Error(code), { code });
const withResult = (result: unknown): Error =>
  Object.assign(new Error("incoming message failure"), { result });

test.each([
  ["ECONNREFUSED", "tcp", "network"],
  ["ENOTFOUND", "tcp", "network"],
  ["ETIMEDOUT", "tcp", "timeout"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", "tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", "tls"],
  ["CERT_HAS_EXPIRED", "tls", "tls"],
  ["ECONNRESET", "tls", "network"],
  ["ERR_SOMETHING", "mqtt", "protocol"],
] as const)("socket error %s while %s is under way is %s", (code, phase, failureClass) => {
  expect(socketFailure("h", coded(code), phase)).toMatchObject({ failureClass, code });
});

test.each([
  [403, false],
  [407, false],
  [429, true],
  [502, true],
])("a proxy's %i is network, and worth another try: %s", (status, transient) => {
  const refusal = new ProxyFailure("refused", { hint: "", status, wireCode: `PROXY_${status}` });
  const failure = socketFailure("h", refusal, "tcp");
  expect(failure).toMatchObject({ failureClass: "network", code: `PROXY ${status}`, transient });
});

test.each([
  [401, "unauthorized"],
  [404, "protocol"],
  [429, "throttled"],
  [503, "throttled"],
  [200, "protocol"],
])("a WebSocket refused by %i is %s", (status, failureClass) => {
  const failure = socketFailure("h", new UpgradeRefused("h", status), "mqtt");
  expect(failure).toMatchObject({ failureClass, code: `HTTP ${status}` });
});

test("CONNACK codes keep their number and class", () => {
  expect([1, 2, 3, 4, 5].map((code) => connackFailure("h", code).failureClass)).toEqual([
    "protocol",
    "unauthorized",
    "throttled",
    "unauthorized",
    "unauthorized",
  ]);
  expect(connackFailure("h", 5).code).toBe("CONNACK 5");
});

test("a 401 answer of DPS is unauthorized, with code, tracking id and the service's words", () => {
  const body = { errorCode: 401002, trackingId: "t-1", message: "Invalid certificate." };
  expect(registrationFailure(withResult({ payload: body }), undefined)).toMatchObject({
    failureClass: "unauthorized",
    code: "401002",
    trackingId: "t-1",
    message: "registration refused: Invalid certificate.",
    transient: false,
  });
});

test("an unknown enrollment is notFound", () => {
  const failure = registrationFailure(withResult({ payload: { errorCode: 404201 } }), undefined);
  expect(failure.failureClass).toBe("notFound");
});

test("the final state `failed` is classified by the code in the registration state", () => {
  const state = { status: "failed", errorCode: 400207, errorMessage: "Custom allocation failed" };
  expect(
    registrationFailure(withResult({ status: "failed", registrationState: state }), undefined),
  ).toMatchObject({ failureClass: "protocol", code: "400207" });
});

test("the final state `disabled` is its own class", () => {
  const failure = registrationFailure(withResult({ status: "disabled" }), undefined);
  expect(failure.failureClass).toBe("disabled");
});

test("what the wire saw wins over an SDK error without a body", () => {
  const seen = new DeviceFailure("tls", "wrong name");
  const trace = { host: "h", startedMs: 0, closed: true, failure: seen };
  expect(registrationFailure(new Error("Unauthorized"), trace)).toBe(seen);
});

test("a throttled device waits longer, and every wait grows up to the limit", () => {
  const away = waitsOf(new DeviceFailure("network", ""));
  const throttled = waitsOf(new DeviceFailure("throttled", ""));
  expect(away("full", 0)).toEqual([1000, 2000, 4000, 60_000]);
  expect(away("full", 0.75)).toEqual([250, 500, 1000, 15_000]);
  expect(away("none", 0.75)).toEqual([1000, 2000, 4000, 60_000]);
  expect(throttled("none", 0.75)).toEqual([10_000, 20_000, 40_000, 60_000]);
  // Not under 5 s even with full jitter: "Best practices for large-scale IoT device deployments".
  expect(throttled("full", 1)).toEqual([5000, 5000, 5000, 5000]);
});

/** The first three waits and the tenth. */
function waitsOf(failure: DeviceFailure): (jitter: RetryJitter, random: number) => number[] {
  return (retryJitter, random) =>
    [1, 2, 3, 10].map((attempt) =>
      retryWaitMs({ ...DEVICE_LIMITS, retryJitter }, failure, attempt, () => random),
    );
}
