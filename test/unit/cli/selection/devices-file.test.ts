import fc from "fast-check";
import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import { parseDevicesFile } from "../../../../src/cli/selection/devices-file.ts";
import { csvField } from "../../../../src/output/devices-csv.ts";

const parse = (text: string): readonly string[] => parseDevicesFile(text, "f");

test("ids stand one a line, with comments and blank lines between them", () => {
  expect(parse("\uFEFF# caves\ncave1\r\n\n  cave#2  # the second\ncave1\n")).toEqual([
    "cave1",
    "cave#2",
  ]);
});

test.each([
  ["deviceId\na\nb\n", ["a", "b"]],
  ["hub,registrationId\nh,a\nh,b\n", ["a", "b"]],
  ["registrationId,deviceId\nr1,d1\nr2,\n", ["d1", "r2"]],
  ['"registrationId","note"\n"a","x, ""y"""\n', ["a"]],
])("the table %j names %j", (text, ids) => {
  expect(parse(text)).toEqual(ids);
});

test("what is no id is told with its line, all at once", () => {
  expect(outcomeOf(`good\na b\nü\n${"x".repeat(129)}\n`)).toMatchObject({
    code: "FILE_INVALID",
    problems: [
      { place: "f:2", message: "expected a device id, got a text with a blank" },
      { place: "f:3", message: 'expected a device id, got a text with "ü"' },
      { place: "f:4", message: "expected a device id, got 129 characters, more than 128" },
    ],
  });
});

test("a file of secrets that is given by mistake is not shown", () => {
  const key = "XxAjLf1+8NWUvvlLFU/wURMYKOvFRRfuZZt3JQ==";
  for (const text of [
    key,
    `HostName=h.azure-devices.net;DeviceId=a;SharedAccessKey=${key}`,
    `deviceId,key\na,"${key}\n`,
    `deviceId,key\n${key}\n`,
  ]) {
    const error = outcomeOf(text);
    expect(error).toBeInstanceOf(FleetError);
    // Whatever of it is told, `cause` is for the log of a bug alone.
    const { message, problems, hint } = error instanceof FleetError ? error : {};
    expect(JSON.stringify({ message, problems, hint })).not.toContain(key.slice(0, 8));
  }
});

test.each(["", "# nobody\n", "deviceId\n", 'deviceId\n"a\n', '"deviceId";x\n'])(
  "%j is refused",
  (text) => {
    expect(() => parse(text)).toThrow(FleetError);
  },
);

const id = fc.stringMatching(/^[A-Za-z0-9._,'=-]{1,12}$/);

test("a table gives its devices, whatever else stands in it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1 }), fc.string({ minLength: 1 }), (ids, note) => {
      const rows = ids.map((one) => `${csvField(note)},${csvField(one)}`);
      expect(parse(["note,deviceId", ...rows].join("\n"))).toEqual(ids);
    }),
  );
});

/** What came of a text: ids, or what was thrown. */
function outcomeOf(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    return error;
  }
}

test("any text is read or refused in words", () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, asTable) => {
      const outcome = outcomeOf(asTable ? `deviceId,b\n${text}` : text);
      expect(Array.isArray(outcome) || outcome instanceof FleetError).toBe(true);
    }),
  );
});
