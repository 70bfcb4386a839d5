import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogger, silentLogger } from "../../../../src/base/log.ts";
import type { LogCategory, LogRecord } from "../../../../src/emulator/resource-logs/log-record.ts";
import { LOG_CATEGORIES } from "../../../../src/emulator/resource-logs/log-record.ts";
import type { ReadLogOptions } from "../../../../src/emulator/resource-logs/resource-log.ts";
import { ResourceLog } from "../../../../src/emulator/resource-logs/resource-log.ts";

const recordOf = (operationName: string, category: LogCategory = "Connections"): LogRecord => ({
  category,
  operationName,
  level: "Information",
  properties: { deviceId: "dev", details: undefined },
});

const ALL: ReadLogOptions = {
  categories: undefined,
  from: "earliest",
  follow: false,
  signal: new AbortController().signal,
};

/** A log of one hub, with a clock that counts what is written. */
function logOf(maxCount: number) {
  let nowMs = 0;
  const log = new ResourceLog({ clock: () => nowMs++, maxCount });
  const write = log.of({
    type: "IotHubs",
    hostName: "my-hub.azure-devices.net",
    log: silentLogger(),
  });
  const read = async (
    options: Partial<ReadLogOptions> = {},
  ): Promise<Record<string, unknown>[]> => {
    let text = "";
    for await (const chunk of log.read({ ...ALL, ...options })) text += chunk;
    return text === ""
      ? []
      : text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line));
  };
  return { log, write, read };
}

test("a record is written as Azure exports it", async () => {
  const { write, read } = logOf(10);
  write({
    category: "Connections",
    operationName: "deviceDisconnect",
    level: "Error",
    resultType: "404104",
    resultDescription: "DeviceConnectionClosedRemotely",
    properties: { deviceId: "dev", protocol: "Mqtt", details: undefined },
  });
  expect(await read()).toEqual([
    {
      time: "1970-01-01T00:00:00.000Z",
      resourceId:
        "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/EMULATOR/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/MY-HUB",
      operationName: "deviceDisconnect",
      category: "Connections",
      level: "Error",
      resultType: "404104",
      resultDescription: "DeviceConnectionClosedRemotely",
      properties: '{"deviceId":"dev","protocol":"Mqtt"}',
      location: "local",
    },
  ]);
});

const namesOf = (lines: readonly Record<string, unknown>[]): unknown[] =>
  lines.map((line) => line["operationName"]);

test("the last records are kept, up to the bound, in their order and by category", async () => {
  const records = fc.array(fc.constantFrom(...LOG_CATEGORIES), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      records,
      fc.nat(10),
      fc.constantFrom(...LOG_CATEGORIES),
      async (written, maxCount, one) => {
        const { write, read } = logOf(maxCount);
        for (const [n, category] of written.entries()) write(recordOf(String(n), category));
        const kept = [...written.entries()].slice(Math.max(0, written.length - maxCount));
        expect(namesOf(await read())).toEqual(kept.map(([n]) => String(n)));
        expect(namesOf(await read({ categories: new Set([one]) }))).toEqual(
          kept.filter(([, category]) => category === one).map(([n]) => String(n)),
        );
        expect(namesOf(await read({ from: 5 }))).toEqual(
          kept.filter(([n]) => n >= 5).map(([n]) => String(n)),
        );
        expect(await read({ from: "latest" })).toEqual([]);
      },
    ),
  );
});

test("a follower gets what comes, is told what it missed, and ends when it is aborted", async () => {
  const { log, write } = logOf(2);
  const ending = new AbortController();
  const lines = log.read({ ...ALL, follow: true, signal: ending.signal });
  const first = lines.next();
  write(recordOf("a"));
  expect((await first).value).toContain('"operationName":"a"');
  for (const name of ["b", "c", "d"]) write(recordOf(name));
  const next: unknown = (await lines.next()).value;
  expect(String(next).split("\n")[0]).toBe('{"lost":1}');
  expect(next).toContain('"operationName":"c"');
  const last = lines.next();
  ending.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("the emulator's own log has errors at info, and what comes often at debug", () => {
  const written: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void written.push(JSON.parse(line)) };
  const log = new ResourceLog({ clock: () => 0, maxCount: 1 });
  const hub = createLogger({ level: "info", destination });
  const write = log.of({ type: "IotHubs", hostName: "h.test", log: hub });
  write(recordOf("read", "C2DTwinOperations"));
  write({ ...recordOf("deviceConnect"), level: "Error", resultType: "401003" });
  write({ ...recordOf("send", "DirectMethods"), level: "Error", resultType: "404103" });
  expect(written).toMatchObject([
    { category: "DirectMethods", operationName: "send", resultType: "404103", deviceId: "dev" },
  ]);
  expect(written[0]).toMatchObject({ level: 30 });
});
