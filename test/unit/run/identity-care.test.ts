import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { deferred } from "../../../src/base/deferred.ts";
import { silentLogger } from "../../../src/base/log.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import type { IdentityCareOptions } from "../../../src/run/identity-care.ts";
import { IdentityCare } from "../../../src/run/identity-care.ts";
import { temporaryDir } from "../../support/pki.ts";

const DAY_MS = 86_400_000;

function care(more: Partial<IdentityCareOptions>) {
  const warnings: string[] = [];
  const made = new IdentityCare({
    certsDir: "/nowhere",
    devices: [],
    leafEnds: new Map(),
    nowMs: () => 0,
    onChange: () => {},
    console: { warning: (text) => warnings.push(text) },
    log: silentLogger(),
    times: { quietMs: 1, sweepMs: 3_600_000 },
    ...more,
  });
  return { made, warnings };
}

test("files of the store and files that the user brought are watched", async () => {
  using dir = temporaryDir();
  const [certsDir, brought] = [join(dir.path, "certs"), join(dir.path, "brought")];
  for (const folder of [certsDir, brought]) mkdirSync(folder);
  const files = { cert: join(brought, "b.pem"), key: join(brought, "b.key") };
  const changed: string[] = [];
  let heard = deferred<void>();
  const { made } = care({
    certsDir,
    devices: [
      { registrationId: "a", credentials: { format: "pem" } },
      { registrationId: "b", credentials: { format: "pem", files } },
      { registrationId: "c", credentials: { format: "pfx" } },
    ],
    onChange: (ids) => {
      changed.push(...ids);
      heard.resolve();
      heard = deferred();
    },
  });
  const layout = certsLayout(certsDir);
  for (const file of [layout.leafFullChain("a"), files.key, layout.leafPfx("c")]) {
    const told = heard.promise;
    writeFileSync(file, "new");
    await told;
  }
  expect(changed).toEqual(["a", "b", "c"]);
  made.stop();
  made.stop();
});

test("a near end is warned of once, and not any more once the device has a new certificate", () => {
  let nowMs = 0;
  const leafEnds = new Map([
    ["a", 10 * DAY_MS],
    ["b", 10 * DAY_MS],
  ]);
  const { made, warnings } = care({ leafEnds, nowMs: () => nowMs });
  made.tellEnds();
  const validTo = new Date(365 * DAY_MS).toISOString();
  made.observe({ type: "certificate", t: 0, deviceId: "a", state: "found", validTo });
  made.observe({ type: "certificate", t: 0, deviceId: "b", state: "inUse", validTo });
  nowMs = 4 * DAY_MS;
  made.tellEnds();
  made.tellEnds();
  made.stop();
  expect(warnings).toEqual([expect.stringMatching(/^the certificate of a ends within 7 days/)]);
});
