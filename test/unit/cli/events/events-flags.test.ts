import { expect, test } from "vitest";
import { parseEventsFlags } from "../../../../src/cli/events/events-flags.ts";
import { refusal } from "../../../support/refusal.ts";

test("without a flag all that is kept is read, once, in the default group", () => {
  expect(parseEventsFlags({ logLevel: "warn" })).toMatchObject({
    filter: {
      from: "earliest",
      follow: false,
      endpoint: "events",
      consumerGroup: "$Default",
      deviceIds: [],
    },
    json: false,
    emulatorFile: undefined,
  });
});

test("a follower begins now unless told otherwise", () => {
  expect(parseEventsFlags({ follow: true }).filter.from).toBe("latest");
  expect(parseEventsFlags({ follow: true, from: "earliest" }).filter.from).toBe("earliest");
});

test.each([
  ["2026-01-31T12:00:00Z", new Date(Date.UTC(2026, 0, 31, 12))],
  ["2026-01-31T12:00:00.25+01:00", new Date(Date.UTC(2026, 0, 31, 11, 0, 0, 250))],
  ["2026-01-31T12:00", new Date(2026, 0, 31, 12)],
  ["2026-01-31", new Date(2026, 0, 31)],
])("%s is a time; without an offset this machine's", (from, time) => {
  expect(parseEventsFlags({ from }).filter.from).toEqual(time);
});

test("all problems are told at once, each at its flag, and no secret is shown", async () => {
  const given = {
    ids: [""],
    from: "yesterday",
    follow: "perhaps",
    endpoint: "",
    consumerGroup: "",
    emulator: ["a", "b"],
    hubConnectionStringFile: "HostName=h;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0",
    logLevel: "loud",
  };
  const error = await refusal((async () => parseEventsFlags(given))());
  expect(error.code).toBe("USAGE");
  expect(error.problems.map(({ place }) => place).toSorted()).toEqual([
    "--consumer-group",
    "--emulator",
    "--endpoint",
    "--follow",
    "--from",
    "--hub-connection-string-file",
    "--log-level",
    "ID",
  ]);
  expect(JSON.stringify(error.problems)).not.toContain("c2VjcmV0");
});
