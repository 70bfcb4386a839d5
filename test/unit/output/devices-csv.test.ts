import fc from "fast-check";
import { expect, test } from "vitest";

import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import { csvField, devicesCsv } from "../../../src/output/devices-csv.ts";

/** RFC 4180, one field. */
const unquote = (field: string): string =>
  field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;

test("unquoting a field undoes quoting it", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(unquote(csvField(text))).toBe(text);
    }),
  );
});

test("a field never holds a bare comma or line end", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(csvField(text)).toMatch(/^(?:[^",\r\n]*|"(?:[^"]|"")*")$/);
    }),
  );
});

test("a device that never got anywhere has empty fields, in the documented columns", () => {
  const row: DeviceRow = {
    registrationId: "cave1",
    model: "cheese-cave",
    deviceId: "",
    hub: "",
    state: "failed",
    boot: 1,
    worker: 0,
    attempts: 1,
    registrationMs: null,
    connectionMs: null,
    reconnects: 0,
    sent: 0,
    acked: 0,
    failed: 0,
    ackedSeqs: [],
    failedSeqs: [],
    wasAssigned: false,
    wasConnected: false,
    isUp: false,
    errorClass: "unauthorized",
    error: "refused, twice",
  };
  expect(devicesCsv([row])).toBe(
    "registrationId,deviceId,hub,state,worker,attempts,registrationMs,connectionMs,reconnects,sent,acked,failed,errorClass,error\n" +
      'cave1,,,failed,0,1,,,0,0,0,0,unauthorized,"refused, twice"\n',
  );
});
