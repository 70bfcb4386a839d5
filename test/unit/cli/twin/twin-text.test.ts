import { expect, test } from "vitest";

import { twinText } from "../../../../src/cli/twin/twin-text.ts";
import { parseTwin } from "../../../../src/service/device-twin.ts";

const answer = {
  deviceId: "cave1",
  etag: "AAAAAAAAAAI=",
  version: 2,
  status: "enabled",
  connectionState: "Disconnected",
  lastActivityTime: "0001-01-01T00:00:00Z",
  authenticationType: "selfSigned",
  tags: { site: "\u001b[2JA" },
  properties: {
    desired: {
      fan: { speed: 3, empty: {} },
      $metadata: {
        $lastUpdated: "2026-01-01T00:00:00Z",
        fan: {
          $lastUpdated: "2026-01-01T00:00:01Z",
          speed: { $lastUpdated: "2026-01-02T00:00:00Z" },
        },
      },
      $version: 4,
    },
    reported: { list: [1, 2], $version: 9 },
  },
};

test("a twin is shown with a line for each value, and what others wrote cannot move the cursor", () => {
  expect(twinText(parseTwin(answer), "h.azure-devices.net")).toBe(
    [
      "cave1 at h.azure-devices.net",
      "  status             enabled",
      "  connection         Disconnected, last activity never",
      "  authentication     selfSigned",
      "  etag               AAAAAAAAAAI=",
      "  version            2",
      "  desired $version   4",
      "  reported $version  9",
      "",
      "NAME               VALUE         UPDATED",
      'tags.site          "\\u001b[2JA"',
      "desired.fan.speed  3             2026-01-02T00:00:00.000Z",
      "desired.fan.empty  {}",
      "reported.list      [1,2]",
      "",
    ].join("\n"),
  );
});

test("a twin without properties has no table", () => {
  const properties = { desired: { $version: 1 }, reported: { $version: 1 } };
  const text = twinText(parseTwin({ ...answer, tags: {}, properties }), "h");
  expect(text).toMatch(/reported \$version {2}1\n$/);
});

test("the document is what the service gave", () => {
  expect(parseTwin(answer).document).toEqual(answer);
});
