import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { finishFolder, inspectFolder, makeFolder } from "../../../../src/emulator/state/folder.ts";
import { FORMAT, migrated } from "../../../../src/emulator/state/migrations.ts";
import { openState } from "../../../../src/emulator/state/open-state.ts";
import { putRow } from "../../../../src/emulator/state/store-content.ts";
import { openStore } from "../../../../src/emulator/state/store.ts";
import { Sessions } from "../../../../src/emulator/sessions.ts";

const SESSIONS = "hubs/my-hub.azure-devices.net/sessions";
const OTHER = { table: "texts", key: "a", ordinal: 0, value: "kept" };

/** As format 1 had it. */
const FORMAT_1 = [
  { table: "folder", key: "format", ordinal: 0, value: { format: 1, version: "0.1.0" } },
  { table: SESSIONS, key: "cave", ordinal: 0, value: { "$iothub/twin/res/#": 0, "b/#": 1 } },
  { table: SESSIONS, key: "gone", ordinal: 1, value: {} },
  OTHER,
];

test("a folder of format 1 is brought to the present one, in one write, and opens again", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "format-")), "data");
  const folder = inspectFolder(path);
  makeFolder(folder);
  const store = await openStore({ ...folder, store: folder.unfinished });
  await store.write(FORMAT_1.map(putRow));
  await store.close();
  finishFolder(folder);
  for (const _ of ["migrated", "present"]) {
    const open = await openState(path, () => {});
    const sessions = new Sessions(open.state, "hubs/my-hub.azure-devices.net");
    const [, ...kept] = await sessions.subscriptionsByClient({ id: "cave" });
    expect(kept).toEqual([
      { topic: "$iothub/twin/res/#", qos: 0 },
      { topic: "b/#", qos: 1 },
    ]);
    expect(open.state.table("texts", z.string()).get("a")).toBe("kept");
    open.requireSound();
    await open.begin();
    await open.close();
  }
  rmSync(join(path, ".."), { recursive: true });
});

test("what is of the present format stays as it is", () => {
  expect(migrated([OTHER], FORMAT)).toEqual([OTHER]);
  const session = { table: SESSIONS, key: "a", ordinal: 3, value: [{ topic: "t", qos: 1 }] };
  expect(migrated([session, OTHER], 1)).toEqual([session, OTHER]);
});
