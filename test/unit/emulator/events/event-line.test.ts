import fc from "fast-check";
import { expect, test } from "vitest";
import { fullLine, ledgerLine } from "../../../../src/emulator/events/event-line.ts";
import type { IngestedMessage } from "../../../../src/emulator/events/event-log.ts";
import { formatPropertyBag } from "../../../../src/emulator/hub/property-bag.ts";
import { message } from "./stored-events.ts";

const stored = (more: Partial<IngestedMessage>) => ({
  message: message(more),
  sequence: 7,
  partitions: [],
});

const full = (more: Partial<IngestedMessage>): Record<string, unknown> =>
  JSON.parse(fullLine(stored(more), { endpoint: "events", partition: 3, sequenceNumber: 5 }));

test("a line has the message's place, properties, annotations and body", () => {
  const bag =
    "%24.mid=m%201&$.ct=application%2Fjson&$.ce=utf-8&$.sub=thermostat&temp=hot%26wet&empty=";
  const enqueuedMs = Date.UTC(2026, 0, 31, 12);
  expect(
    full({ bag, enqueuedMs, modelId: "dtmi:com:cave;1", body: Buffer.from('{"t":1}') }),
  ).toEqual({
    sequence: 7,
    hub: "hub",
    endpoint: "events",
    partition: 3,
    sequenceNumber: 5,
    deviceId: "dev",
    enqueuedTime: "2026-01-31T12:00:00.000Z",
    properties: { temp: "hot&wet", empty: "" },
    systemProperties: {
      "message-id": "m 1",
      "content-type": "application/json",
      "content-encoding": "utf-8",
    },
    annotations: {
      "x-opt-sequence-number": 5,
      "x-opt-offset": "5",
      "x-opt-enqueued-time": "2026-01-31T12:00:00.000Z",
      "iothub-connection-device-id": "dev",
      "iothub-connection-auth-method":
        '{"scope":"device","type":"x509","issuer":"iothub","acceptingIpFilterRule":null}',
      "iothub-connection-auth-generation-id": "1",
      "iothub-enqueuedtime": "2026-01-31T12:00:00.000Z",
      "iothub-message-source": "Telemetry",
      "dt-dataschema": "dtmi:com:cave;1",
      "dt-subject": "thermostat",
    },
    body: '{"t":1}',
  });
});

const ledgerOf = (bag: string): unknown => JSON.parse(ledgerLine(stored({ bag })));

test("any properties come through, whatever they are called", () => {
  const entries = fc.uniqueArray(
    fc.tuple(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "hub")),
      fc.string(),
    ),
    { selector: ([key]) => key },
  );
  fc.assert(
    fc.property(entries, (pairs) => {
      const user = new Map(pairs.filter(([key]) => key !== "" && !key.startsWith("$.")));
      const bag = formatPropertyBag({ user, system: new Map([["constructor", "x"]]) });
      const line = full({ bag });
      expect(new Map(Object.entries(line["properties"] ?? {}))).toEqual(user);
      expect(line["systemProperties"]).toEqual({ constructor: "x" });
    }),
  );
});

test("a body that is no UTF-8 is shown as base64", () => {
  expect(full({ body: Buffer.from([0xff, 0]) })).toMatchObject({ bodyBase64: "/wA=" });
  expect(full({ body: Buffer.from("ü") })).toMatchObject({ body: "ü" });
});

test("a ledger line has boot, seq and the time of creation, or null where they are none", () => {
  expect(ledgerOf("boot=2&seq=17&%24.ctime=2026-01-31T12%3A00%3A00.250Z")).toEqual({
    sequence: 7,
    hub: "hub",
    deviceId: "dev",
    boot: 2,
    seq: 17,
    enqueuedMs: 0,
    createdMs: Date.UTC(2026, 0, 31, 12, 0, 0, 250),
  });
  const none = { boot: null, seq: null, createdMs: null };
  expect(ledgerOf("seq=-1&boot=x&%24.ctime=12")).toMatchObject(none);
  expect(ledgerOf("%24.ctime=2026-13-45T99%3A00%3A00Z")).toMatchObject(none);
});
