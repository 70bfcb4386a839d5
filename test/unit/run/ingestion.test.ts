import { expect, test } from "vitest";
import { deferred } from "../../../src/base/deferred.ts";
import { FleetError } from "../../../src/base/errors.ts";
import { endOfRun } from "../../../src/run/end-of-run.ts";
import { IngestionFollower } from "../../../src/run/ingestion.ts";
import type { IngestedRecord, IngestionReader } from "../../../src/service/ingestion-reader.ts";

const record = (sequence: number): IngestedRecord => ({
  sequence,
  deviceId: "cave-1",
  boot: 1,
  seq: sequence,
});

/** Follows a reader whose n-th read does what `reads` says; a read beyond them finds nothing. */
async function following(
  reads: readonly ((take: (record: IngestedRecord) => void) => void)[],
  ingest: (record: IngestedRecord) => void = () => {},
) {
  const asked: number[] = [];
  const failures: string[] = [];
  const all = deferred<void>();
  const reader: IngestionReader = {
    position: () => Promise.resolve(0),
    read: async (from, take) => {
      const turn = asked.push(from) - 1;
      await Promise.resolve();
      if (turn === reads.length) all.resolve();
      let next = from;
      reads[turn]?.((taken) => {
        next = taken.sequence + 1;
        take(taken);
      });
      return { lost: 0, next };
    },
  };
  const onFailure = ({ message }: FleetError): void => void failures.push(message);
  const follower = await IngestionFollower.open({
    reader,
    ledger: { ingest },
    pollMs: 1,
    onFailure,
  });
  follower.start();
  return { follower, asked, failures, all: all.promise };
}

const refuse = (text: string) => (): never => {
  throw new FleetError("UNREACHABLE", text);
};

test("a read that the emulator fails is told once in a row, and made good where it broke off", async () => {
  const taken: number[] = [];
  const { follower, asked, failures, all } = await following(
    [
      (take) => {
        take(record(0));
        refuse("broke off")();
      },
      refuse("again"),
      (take) => take(record(1)),
      refuse("later"),
    ],
    ({ sequence }) => void taken.push(sequence),
  );
  await all;
  await follower.finish();
  expect(asked.slice(0, 5)).toEqual([0, 1, 1, 2, 2]);
  expect(taken).toEqual([0, 1]);
  expect(failures).toEqual(["broke off", "later"]);
});

test("a bug in reading is no failure to be read again: it ends the run, and the account", async () => {
  const bug = new TypeError("a bug");
  const { follower, asked, failures } = await following([(take) => take(record(0))], () => {
    throw bug;
  });
  const ended = endOfRun({
    durationMs: undefined,
    clock: () => 0,
    stop: new AbortController().signal,
    emulatorEnded: undefined,
    allFailed: () => false,
    workersLost: () => false,
    check: () => follower.check(),
  });
  await expect(ended).rejects.toBe(bug);
  await expect(follower.finish()).rejects.toBe(bug);
  expect(asked).toEqual([0]);
  expect(failures).toEqual([]);
  await follower.stop();
});
