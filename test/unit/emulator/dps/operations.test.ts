import { expect, test } from "vitest";
import type { AskedAssignment } from "../../../../src/emulator/dps/operations.ts";
import { Operations } from "../../../../src/emulator/dps/operations.ts";
import type { Registration } from "../../../../src/emulator/dps/registrations.ts";
import { surroundingsFrom } from "../../../../src/emulator/surroundings.ts";

function operations(finishedMax?: number): Operations {
  let ids = 0;
  const around = surroundingsFrom({ clock: () => 0, newId: () => `id-${++ids}` });
  return new Operations(around, finishedMax);
}

const asked = (registrationId: string): AskedAssignment => ({
  registrationId,
  apiVersion: undefined,
  payload: undefined,
  enrollment: { kind: "individual", id: registrationId },
  credential: { type: "none" },
});

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
  const id = all.begin(asked("dev"));
  expect(all.poll("DEV", id)).toEqual({ kind: "assigning" });
  all.finish("Dev", record);
  expect(all.poll("dev", id)).toEqual({ kind: "finished", record });
});

test("a device begins another only when its last is finished, and then the last is not found any more", () => {
  const all = operations();
  const first = all.begin(asked("dev"));
  expect(() => all.begin(asked("DEV"))).toThrow(expect.objectContaining({ code: 409_203 }));
  all.begin(asked("other"));
  all.finish("dev", record);
  const second = all.begin(asked("dev"));
  expect(second).not.toBe(first);
  expect(() => all.poll("dev", first)).toThrow(expect.objectContaining({ code: 404_203 }));
  expect(() => all.poll("nobody", second)).toThrow(expect.objectContaining({ code: 404_203 }));
});

test("of those that are finished the oldest are forgotten, and none that runs", () => {
  const all = operations(2);
  const running = all.begin(asked("running"));
  const [first = "", second = "", third = ""] = ["a", "b", "c"].map((device) => {
    const id = all.begin(asked(device));
    all.finish(device, record);
    return id;
  });
  expect(() => all.poll("a", first)).toThrow(expect.objectContaining({ code: 404_203 }));
  expect(all.poll("b", second)).toMatchObject({ kind: "finished" });
  expect(all.poll("c", third)).toMatchObject({ kind: "finished" });
  expect(all.poll("running", running)).toEqual({ kind: "assigning" });
});
