import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import {
  parseRegistryItems,
  registryResult,
} from "../../../../../src/emulator/service-api/hub/bulk-registry-body.ts";
import { statusOf } from "../../status-of.ts";

const operationOf = (item: Readonly<Record<string, unknown>>): unknown =>
  parseRegistryItems([{ id: "dev", ...item }])[0]?.operation;

test.for<readonly [string, unknown]>([
  ["create", { kind: "write", mode: "create", etag: "*" }],
  ["Update", { kind: "write", mode: "update", etag: "*" }],
  ["UpdateIfMatchETag", { kind: "write", mode: "update", etag: "tag" }],
  ["createOrUpdate", { kind: "write", mode: "createOrUpdate", etag: "*" }],
  ["CREATEORUPDATEIFMATCHETAG", { kind: "write", mode: "createOrUpdate", etag: "tag" }],
  ["Delete", { kind: "delete", etag: "*" }],
  ["deleteIfMatchEtag", { kind: "delete", etag: "tag" }],
  ["updateTwin", { kind: "twin", twinEtag: "*" }],
  ["updateTwinIfMatchETag", { kind: "twin", twinEtag: "twin-tag" }],
])("the import mode %s is known in any casing", ([importMode, operation]) => {
  const tags = { eTag: "tag", twinETag: "twin-tag" };
  expect(operationOf({ importMode, ...tags })).toMatchObject(Object(operation));
});

test("a mode that compares is refused without a tag, and so are modules", () => {
  for (const importMode of ["updateIfMatchETag", "deleteIfMatchETag", "updateTwinIfMatchETag"])
    expect(operationOf({ importMode, etag: "" })).toBeInstanceOf(ServiceFault);
  expect(operationOf({ moduleId: "m" })).toMatchObject({ status: 501 });
});

test("what the service writes of a twin is left out when it is sent back", () => {
  const desired = { a: 1, $version: 4, $metadata: {} };
  const twin = { tags: undefined, desired: { a: 1 } };
  expect(operationOf({ properties: { desired } })).toMatchObject({ twin });
  expect(operationOf({})).toMatchObject({ twin: undefined });
});

test("any body is read, or refused as a client's fault", () => {
  const item = fc.record(
    {
      id: fc.oneof(fc.string(), fc.jsonValue()),
      importMode: fc.constantFrom("create", "UPDATE", "deleteIfMatchETag", "x", null, 1),
      eTag: fc.jsonValue(),
      authentication: fc.jsonValue(),
      tags: fc.jsonValue(),
      properties: fc.oneof(fc.jsonValue(), fc.record({ desired: fc.jsonValue() })),
    },
    { requiredKeys: ["id"] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(item)), (body) => {
      expect([200, 400]).toContain(statusOf(() => parseRegistryItems(body)));
    }),
  );
});

test("the result is a success only where nothing failed", () => {
  const fault = new ServiceFault("deviceNotFound", "gone");
  expect(registryResult([])).toEqual({ isSuccessful: true, errors: [], warnings: [] });
  expect(registryResult([{ deviceId: "dev", fault }])).toEqual({
    isSuccessful: false,
    errors: [{ deviceId: "dev", errorCode: 404_001, errorStatus: "gone" }],
    warnings: [],
  });
});
