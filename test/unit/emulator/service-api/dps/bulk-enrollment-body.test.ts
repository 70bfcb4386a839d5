import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import {
  bulkResult,
  parseBulkOperation,
} from "../../../../../src/emulator/service-api/dps/bulk-enrollment-body.ts";
import { settingsOf } from "../../dps/enrollment-world.ts";
import { statusOf } from "../../status-of.ts";

const read = (id: string) => {
  if (id === "bad") throw new ServiceFault("invalidEnrollment", "bad");
  return settingsOf({ kind: "individual", id, attestation: { type: "symmetricKey" } });
};

test("each entry is read for itself", () => {
  const enrollments = [{ registrationId: "good", etag: "tag" }, { registrationId: "bad" }];
  const bulk = parseBulkOperation("individual", { mode: "UPDATEifMatchEtag", enrollments }, read);
  expect(bulk).toMatchObject({
    mode: "updateIfMatchETag",
    entries: [
      { id: "good", etag: "tag", settings: { id: "good" } },
      { id: "bad", etag: undefined, settings: { status: 400 } },
    ],
  });
});

test("groups are listed under their own name", () => {
  const enrollmentGroups = [{ enrollmentGroupId: "g" }];
  const bulk = parseBulkOperation("group", { mode: "delete", enrollmentGroups }, read);
  expect(bulk.entries.map(({ id }) => id)).toEqual(["g"]);
  const wrong = { mode: "delete", enrollments: enrollmentGroups };
  expect(statusOf(() => parseBulkOperation("group", wrong, read))).toBe(400);
  const fault = new ServiceFault("groupNotFound", "gone");
  expect(bulkResult("group", [{ id: "g", fault }])).toEqual({
    isSuccessful: false,
    errors: [{ enrollmentGroupId: "g", errorCode: 404_204, errorStatus: "gone" }],
  });
});

test("any body is read, or refused as a client's fault", () => {
  const entry = fc.record(
    { registrationId: fc.oneof(fc.constant("bad"), fc.jsonValue()), etag: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const body = fc.record(
    {
      mode: fc.constantFrom("create", "Delete", "x", 1),
      enrollments: fc.oneof(fc.jsonValue(), fc.array(entry)),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), body), (sent) => {
      expect([200, 400]).toContain(statusOf(() => parseBulkOperation("individual", sent, read)));
    }),
  );
});
