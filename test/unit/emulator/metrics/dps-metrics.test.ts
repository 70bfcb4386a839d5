import { expect, test } from "vitest";
import type { FaultKind } from "../../../../src/emulator/fault.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import { DpsMetrics } from "../../../../src/emulator/metrics/dps-metrics.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import { askedOverMqtt } from "../../../../src/emulator/operations/operation.ts";

const NAME = { ProvisioningServiceName: "dps" };

function after(kind: OperationKind, fault?: FaultKind) {
  const metrics = new DpsMetrics("dps");
  metrics.ended(askedOverMqtt(kind, "dev", 0), {
    fault: fault === undefined ? undefined : new ServiceFault(fault, "no"),
    answerBytes: 0,
  });
  const { AttestationAttempts, RegistrationAttempts } = metrics.read();
  return {
    attested: AttestationAttempts.series.map(({ dimensions }) => dimensions.Status),
    registered: RegistrationAttempts.series.map(({ dimensions }) => dimensions.Status),
  };
}

test.for([
  ["registerDevice", undefined, ["Success"], []],
  ["registerDevice", "certificateRefused", ["Failure"], ["failed"]],
  ["registerDevice", "dpsUnauthorized", ["Failure"], ["failed"]],
  ["registerDevice", "enrollmentNotFound", ["Failure"], ["failed"]],
  ["registerDevice", "registrationConflict", ["Success"], ["failed"]],
  ["registerDevice", "badRequest", [], ["failed"]],
  ["registerDevice", "throttled", [], ["failed"]],
  ["connectToDps", undefined, [], []],
  ["connectToDps", "dpsUnauthorized", ["Failure"], []],
  ["pollRegistration", undefined, [], []],
  ["pollRegistration", "dpsUnauthorized", [], []],
  ["readEnrollment", "enrollmentNotFound", [], []],
] as const)("%s that ends with %s", ([kind, fault, attested, registered]) => {
  expect(after(kind, fault)).toEqual({ attested, registered });
});

test("a registration that was accepted counts at its end, and an assignment by its hub", () => {
  const metrics = new DpsMetrics("dps");
  const ended = { type: "registrationEnded", registrationId: "dev" } as const;
  metrics.happened({ ...ended, status: "assigned", hub: "a.test:28883" });
  metrics.happened({ ...ended, status: "assigned", hub: "b.test" });
  metrics.happened({ ...ended, status: "assigned", hub: "a.test" });
  metrics.happened({ ...ended, status: "failed", hub: undefined });
  metrics.happened({ ...ended, status: "disabled", hub: undefined });
  const { DeviceAssignments, RegistrationAttempts } = metrics.read();
  expect(DeviceAssignments).toEqual({
    unit: "Count",
    total: 3,
    series: [
      { unit: "Count", total: 2, dimensions: { ...NAME, IotHubName: "a.test" } },
      { unit: "Count", total: 1, dimensions: { ...NAME, IotHubName: "b.test" } },
    ],
  });
  expect(RegistrationAttempts).toMatchObject({
    total: 5,
    series: [
      { total: 2, dimensions: { ...NAME, IotHubName: "a.test", Status: "assigned" } },
      { total: 1, dimensions: { ...NAME, IotHubName: "b.test", Status: "assigned" } },
      { total: 1, dimensions: { ...NAME, IotHubName: "null", Status: "failed" } },
      { total: 1, dimensions: { ...NAME, IotHubName: "null", Status: "disabled" } },
    ],
  });
});
