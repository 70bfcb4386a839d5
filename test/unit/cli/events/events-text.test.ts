import fc from "fast-check";
import { expect, test } from "vitest";
import { EventText, shown } from "../../../../src/cli/events/events-text.ts";
import type { HubEvent } from "../../../../src/service/hub-events.ts";

/** Of any UTF-16 units; `fc.string({ unit: "binary" })` takes seconds to begin. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((units) => String.fromCharCode(...units));

const event = (more: Partial<HubEvent> = {}): HubEvent => ({
  hub: "cheesecave-hub.azure-devices.net",
  deviceId: "cave-1",
  partition: 3,
  sequenceNumber: 15,
  enqueuedTime: "2026-01-31T12:00:00.000Z",
  properties: {},
  body: "{}",
  ...more,
});

test("a line has time, device, place, properties and body, and columns that only get wider", () => {
  const text = new EventText({ hubShown: false });
  const properties = { seq: "1", note: "two words", quote: '"', empty: "" };
  expect(text.line(event({ properties, body: '{"t":1}' }))).toBe(
    '2026-01-31T12:00:00.000Z  cave-1  3/15  seq=1  note="two words"  quote="\\""  empty=""  {"t":1}',
  );
  expect(text.line(event({ deviceId: "cave-10", sequenceNumber: 1_000 }))).toBe(
    "2026-01-31T12:00:00.000Z  cave-10  3/1000  {}",
  );
  expect(text.line(event())).toBe("2026-01-31T12:00:00.000Z  cave-1   3/15    {}");
});

test("a hub is named where there are several, and a body that is no text is base64", () => {
  const text = new EventText({ hubShown: true });
  expect(text.line(event({ body: undefined, bodyBase64: "/wA=" }))).toContain(
    "cave-1@cheesecave-hub  3/15  base64:/wA=",
  );
});

test("nothing that a device writes reaches the terminal but what is seen", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = new EventText({ hubShown: false }).line(
        event({ deviceId: text, properties: { [text]: text }, body: text }),
      );
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
    }),
  );
  expect(shown("\u001b[2J\nü€")).toBe("\\u001b[2J\\u000aü€");
});
