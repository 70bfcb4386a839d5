import { expect, test } from "vitest";
import { reprovisionPolicyOf, substatusOf } from "../../../../src/emulator/dps/reprovisioning.ts";

const migrate = { updateHubAssignment: true, migrateDeviceData: true };
const never = { updateHubAssignment: false, migrateDeviceData: false };

test.for([
  [undefined, undefined, migrate],
  [undefined, "2019-03-31", migrate],
  [undefined, "2018-09-01-preview", migrate],
  [undefined, "2018-04-01", never],
  [undefined, "2017-11-15", never],
  [migrate, "2017-11-15", migrate],
  [never, "2021-06-01", never],
] as const)("the policy %o and the API version %s", ([reprovisionPolicy, apiVersion, expected]) => {
  expect(reprovisionPolicyOf({ reprovisionPolicy }, apiVersion)).toEqual(expected);
});

const repeat = {
  isFirst: false,
  hasMoved: false,
  hasMigrated: false,
  apiVersion: "2019-03-31",
  sameHubSubstatus: "byApiVersion",
} as const;

test.for([
  ["initialAssignment", { isFirst: true }],
  ["deviceDataMigrated", { hasMoved: true, hasMigrated: true }],
  ["deviceDataReset", { hasMoved: true }],
  ["initialAssignment", {}],
  ["reprovisionedToInitialAssignment", { apiVersion: "2021-06-01" }],
  ["reprovisionedToInitialAssignment", { sameHubSubstatus: "reprovisionedToInitialAssignment" }],
] as const)("the device is told %s", ([substatus, more]) => {
  expect(substatusOf({ ...repeat, ...more })).toBe(substatus);
});
