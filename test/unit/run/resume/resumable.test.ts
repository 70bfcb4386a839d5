import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import { wasCutShort } from "../../../../src/run/resume/resumable.ts";

const ended = {
  interrupted: false,
  failure: null,
  aborted: null,
  workers: { planned: 2, gone: 0 },
};

test.each([
  ["came to its end", {}, false],
  ["was ended by a threshold", { aborted: { expression: "x", t: 1, observed: 2 } }, false],
  ["has lost one of its workers", { workers: { planned: 2, gone: 1 } }, false],
  ["was interrupted", { interrupted: true }, true],
  ["has lost its emulator", { failure: new FleetError("UNREACHABLE", "it ended") }, true],
  ["has lost all its workers", { workers: { planned: 2, gone: 2 } }, true],
])("a run that %s is judged, or can go on", (_name, how, isCutShort) => {
  expect(wasCutShort({ ...ended, ...how })).toBe(isCutShort);
});
