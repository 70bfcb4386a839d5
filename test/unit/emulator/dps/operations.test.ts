import { expect, test } from "vitest";
import { silentLogger } from "../../../../src/base/log.ts";
import { AZURE_DEFAULTS } from "../../../../src/emulator/defaults.ts";
import { Operations } from "../../../../src/emulator/dps/operations.ts";
import type { Registration } from "../../../../src/emulator/dps/registrations.ts";

function operations(): Operations {
  let ids = 0;
  return new Operations({
    limits: AZURE_DEFAULTS,
    clock: () => 0,
    newId: () => `id-${++ids}`,
    log: silentLogger(),
  });
}

const record: Registration = {
  registrationId: "dev",
  enrollmentGroupId: undefined,
  attestation: "x509",
  createdDateTimeUtc: "",
  assignedHub: undefined,
  deviceId: undefined,
  status: "failed",
  substatus: undefined,
  errorCode: undefined,
  errorMessage: undefined,
  lastUpdatedDateTimeUtc: "",
  etag: "",
  payload: undefined,
};

test("an operation is assigning until it is finished", () => {
  const all = operations();
  const id = all.begin("dev");
  expect(all.poll("DEV", id)).toEqual({ kind: "assigning" });
  all.finish("Dev", record);
  expect(all.poll("dev", id)).toEqual({ kind: "finished", record });
});

test("a device begins another only when its last is finished, and then the last is not found any more", () => {
  const all = operations();
  const first = all.begin("dev");
  expect(() => all.begin("DEV")).toThrow(expect.objectContaining({ code: 409_203 }));
  all.begin("other");
  all.finish("dev", record);
  const second = all.begin("dev");
  expect(second).not.toBe(first);
  expect(() => all.poll("dev", first)).toThrow(expect.objectContaining({ code: 404_203 }));
  expect(() => all.poll("nobody", second)).toThrow(expect.objectContaining({ code: 404_203 }));
});
