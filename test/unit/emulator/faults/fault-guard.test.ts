import { expect, test } from "vitest";
import { silentLogger } from "../../../../src/base/log.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import { faultGuard } from "../../../../src/emulator/faults/fault-guard.ts";
import type { FaultRequest } from "../../../../src/base/fault-order.ts";
import { FaultReader } from "../../../../src/base/fault-order.ts";
import { Faults } from "../../../../src/emulator/faults/faults.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import { askedOverMqtt } from "../../../../src/emulator/operations/operation.ts";

const HUB = "my-hub.azure-devices.net";
const READER = new FaultReader({ hubs: [HUB] });

function guarded(service: string, ...requests: readonly FaultRequest[]) {
  const faults = new Faults({ clock: () => 0, log: silentLogger() });
  for (const request of requests) {
    const read = READER.read(request);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    faults.inject(read.order);
  }
  const guard = faultGuard(faults.at(service));
  const ask = (kind: OperationKind) => guard.admit(askedOverMqtt(kind, "cave-1", 0));
  return { faults, ask };
}

/** The number of a refusal; undefined where there is none. */
function refusalOf(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof ServiceFault) return error.code;
    throw error;
  }
  return undefined;
}

test.each([
  [{ kind: "throttled" }, HUB, 429_001],
  [{ kind: "serverError" }, HUB, 500_001],
  [{ kind: "serverError", parameters: { status: 503 } }, "dps", 503_001],
  [{ kind: "authError" }, HUB, 401_003],
  [{ kind: "authError" }, "dps", 401_000],
] as const)("%j at %s refuses with %i", (request, service, code) => {
  const { ask } = guarded(service, request);
  expect(refusalOf(() => ask(service === HUB ? "readOwnTwin" : "registerDevice"))).toBe(code);
});

test("a quota is used up for what counts as a message, or for the operations that are named", () => {
  const usual = guarded(HUB, { kind: "quotaExceeded" });
  expect(refusalOf(() => usual.ask("sendTelemetry"))).toBe(403_002);
  expect(refusalOf(() => usual.ask("readIdentity"))).toBeUndefined();
  expect(refusalOf(() => usual.ask("connectDevice"))).toBeUndefined();
  const named = guarded(HUB, { kind: "quotaExceeded", scope: { operations: ["readIdentity"] } });
  expect(refusalOf(() => named.ask("sendTelemetry"))).toBeUndefined();
  expect(refusalOf(() => named.ask("readIdentity"))).toBe(403_002);
});

test("without a fault, and with faults of others, an operation begins in the same turn", () => {
  expect(guarded(HUB).ask("readOwnTwin")).toBeUndefined();
  const other = guarded(HUB, { kind: "throttled", scope: { service: "dps" } });
  expect(other.ask("readOwnTwin")).toBeUndefined();
  expect(guarded(HUB, { kind: "desiredLost" }).ask("readOwnTwin")).toBeUndefined();
});

test("the oldest refusal strikes, and no other", () => {
  const { faults, ask } = guarded(HUB, { kind: "authError", times: 1 }, { kind: "throttled" });
  expect([1, 2, 3].map(() => refusalOf(() => ask("readOwnTwin")))).toEqual([
    401_003, 429_001, 429_001,
  ]);
  expect(faults.list().map(({ struck }) => struck)).toEqual([2]);
});

test("what holds an operation up adds up, until one refuses it", async () => {
  const parameters = { ms: 0 };
  const { faults, ask } = guarded(
    HUB,
    { kind: "latency", parameters },
    { kind: "latency", parameters },
    { kind: "throttled" },
    { kind: "latency", parameters },
  );
  await expect(ask("readOwnTwin")).rejects.toMatchObject({ code: 429_001 });
  expect(faults.list().map(({ struck }) => struck)).toEqual([1, 1, 1, 0]);
});

test("what was held up when its service disappeared is refused", async () => {
  const { ask } = guarded(HUB, { kind: "latency", parameters: { ms: 0 } }, { kind: "hubGone" });
  await expect(ask("readOwnTwin")).rejects.toMatchObject({ code: 503_001 });
});

test("a refusal that is removed while an operation is held up does not strike it", async () => {
  const { faults, ask } = guarded(
    HUB,
    { kind: "latency", parameters: { ms: 600_000 } },
    { kind: "throttled" },
  );
  const waiting = ask("readOwnTwin");
  faults.remove("2");
  faults.stop();
  await expect(waiting).resolves.toBeUndefined();
});
