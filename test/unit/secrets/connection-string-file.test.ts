import { expect, test } from "vitest";
import { parseConnectionStringFile } from "../../../src/secrets/connection-string-file.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const line = (id: string, proof = `SharedAccessKey=${KEY}`): string =>
  `HostName=h.azure-devices.net;DeviceId=${id};${proof}`;

test("each line is a device; empty lines and comments are passed over", () => {
  const text = `# line two\r\n\r\n${line("a")}\r\n  ${line("b", "x509=true")}\n`;
  expect(parseConnectionStringFile(text, "f.txt")).toEqual({
    lines: [
      { hub: "h.azure-devices.net", deviceId: "a", sharedAccessKey: KEY, place: "f.txt:3" },
      { hub: "h.azure-devices.net", deviceId: "b", sharedAccessKey: undefined, place: "f.txt:4" },
    ],
    problems: [],
  });
});

test("what is wrong is told at its line, without a key", () => {
  const service = `HostName=h.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=${KEY}`;
  const { problems } = parseConnectionStringFile(
    [line("a"), service, line("a"), `x${KEY}`].join("\n"),
    "f.txt",
  );
  expect(problems.map(({ place }) => place)).toEqual(["f.txt:2", "f.txt:3", "f.txt:4"]);
  expect(problems[0]?.message).toContain("got that of an IoT Hub");
  expect(problems[1]?.message).toContain('got "a" again, as in f.txt:1');
  expect(JSON.stringify(problems)).not.toContain(KEY);
});

test("a file without a line has no devices", () => {
  expect(parseConnectionStringFile("# none\n", "f.txt").problems).toHaveLength(1);
});
