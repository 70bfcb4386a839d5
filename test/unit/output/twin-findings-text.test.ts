import { expect, test } from "vitest";

import type { Summary } from "../../../src/output/summary.ts";
import { twinFindingLines } from "../../../src/output/twin-findings-text.ts";

const QUIET: Summary["twin"] = {
  desiredReceived: 3,
  desiredDuplicate: 0,
  desiredOutOfOrder: 0,
  desiredMissed: 0,
  reportedSent: 3,
  reportedAcked: 3,
  actions: [],
  versions: [],
  divergences: null,
};

test("nothing is said where nothing was amiss and nobody looked", () => {
  expect(twinFindingLines(QUIET)).toEqual([]);
});

test("devices are named with their versions and what differs", () => {
  const found = {
    deviceId: "cave-1",
    property: "a",
    kind: "refused",
    version: 2,
    desired: 5,
    reported: 4,
    ac: 400,
    sinceS: 1.5,
  } as const;
  const lines = twinFindingLines({
    ...QUIET,
    desiredMissed: 3,
    desiredDuplicate: 1,
    versions: [{ deviceId: "cave-2", duplicate: 1, outOfOrder: 0, missed: 3, notHealed: 2 }],
    divergences: {
      looks: 40,
      failed: 1,
      devices: 2,
      notEchoed: 1,
      begun: 2,
      ended: 1,
      named: [
        { ...found, endedS: null },
        { ...found, kind: "notFollowed", reported: undefined, ac: undefined, endedS: 3 },
      ],
    },
  });
  expect(lines.map(({ about, text }) => `${about}|${text}`)).toEqual([
    "|desired versions: 3 missed, 1 twice",
    "|  cave-2: 3 missed, 1 twice (2 of them not read either)",
    "oracle|40 looks at 2 devices, 1 failed, 2 divergences, 1 of them ended, 1 properties not echoed",
    "|  cave-1: a is refused since 1.5 s: desired 5, reported 4 (400)",
    "|  cave-1: a is not followed from 1.5 to 3 s: desired 5, not reported",
  ]);
});
