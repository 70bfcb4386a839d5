import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LeafDefect } from "../../../src/base/leaf-defect.ts";
import { LEAF_DEFECTS } from "../../../src/base/leaf-defect.ts";
import { defectOf } from "../../../src/pki/defects.ts";
import { ensureFleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import type { CertsLayout } from "../../../src/pki/layout.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import type { FleetDevice } from "../../../src/pki/leaf-plan.ts";
import { refusal } from "../../support/refusal.ts";
import { temporaryDir, testPki, writeLeaf } from "../../support/pki.ts";

const now = new Date("2026-03-01T12:00:00Z");
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

let store: ReturnType<typeof temporaryDir>;
let layout: CertsLayout;
beforeEach(() => {
  store = temporaryDir();
  layout = certsLayout(store.path);
});
afterEach(() => store[Symbol.dispose]());

const bad = (defect: LeafDefect, more: Partial<FleetDevice> = {}): FleetDevice => ({
  registrationId: `bad-${defect}`,
  format: "pem",
  defect,
  ...more,
});
const ensure = (devices: readonly FleetDevice[], at = now) =>
  ensureFleetCertificates({ dir: store.path, devices, now: at });
const defectIn = (id: string) =>
  defectOf(new X509Certificate(readFileSync(layout.leafCert(id))).subject);
const keyOf = (id: string) => readFileSync(layout.leafKey(id), "utf8");

test("leaves are issued for each defect, and used again as long as nothing else is wrong with them", async () => {
  const devices = LEAF_DEFECTS.map((defect) => bad(defect));
  expect(await ensure(devices)).toMatchObject({ issued: LEAF_DEFECTS.length, reused: 0 });
  expect(devices.map(({ registrationId }) => defectIn(registrationId))).toEqual([...LEAF_DEFECTS]);
  const files = readdirSync(store.path).toSorted();
  expect(await ensure(devices)).toMatchObject({ issued: 0, reissued: 0, reused: devices.length });
  expect(readdirSync(store.path).toSorted()).toEqual(files);
});

test("a leaf that the days have made good, or bad in another way, is issued anew for its key, and the old one stays beside", async () => {
  const devices = [bad("not-yet-valid"), bad("wrong-cn"), bad("expired")];
  await ensure(devices);
  const key = keyOf("bad-not-yet-valid");
  // The second has run out by then, the first begun to hold.
  expect(await ensure(devices, later(800))).toMatchObject({ reissued: 2, reused: 1 });
  expect(keyOf("bad-not-yet-valid")).toBe(key);
  expect(readdirSync(store.path)).toContainEqual(
    expect.stringMatching(/^bad-wrong-cn\.[0-9a-f]{8}\.cert\.pem$/),
  );
});

test("another defect is issued anew, with a new key where it asks for one", async () => {
  await ensure([bad("expired", { registrationId: "a" })]);
  const key = keyOf("a");
  expect(await ensure([bad("wrong-cn", { registrationId: "a" })])).toMatchObject({ reissued: 1 });
  expect([defectIn("a"), keyOf("a")]).toEqual(["wrong-cn", key]);
  expect(await ensure([bad("weak-key", { registrationId: "a" })])).toMatchObject({ reissued: 1 });
  expect(defectIn("a")).toBe("weak-key");
  expect(keyOf("a")).not.toBe(key);
});

test("a good leaf, ours or not, is in the way of a bad one, and stays", async () => {
  await ensure([{ registrationId: "ours", format: "pem" }]);
  writeLeaf(store.path, "theirs", await (await testPki(now)).leaf("theirs"));
  for (const id of ["ours", "theirs"]) {
    const before = readFileSync(layout.leafCert(id), "utf8");
    const error = await refusal(ensure([bad("expired", { registrationId: id })]));
    expect(error.code).toBe("FOREIGN_FILE");
    expect(error.problems).toEqual([
      expect.objectContaining({
        place: layout.leafCert(id),
        message: expect.stringContaining("a defective leaf replaces no good one"),
      }),
    ]);
    expect(readFileSync(layout.leafCert(id), "utf8")).toBe(before);
  }
});

test("a key that stands alone is certified where it fits, else it is in the way", async () => {
  await ensure([bad("expired", { registrationId: "a" })]);
  const key = keyOf("a");
  for (const file of [layout.leafCert("a"), layout.leafFullChain("a")]) rmSync(file);
  const error = await refusal(
    ensure([bad("expired", { registrationId: "a", keyKind: "rsa2048" })]),
  );
  expect(error.problems).toMatchObject([{ place: layout.leafKey("a") }]);
  expect(await ensure([bad("expired", { registrationId: "a" })])).toMatchObject({ issued: 1 });
  expect(keyOf("a")).toBe(key);
});

test("a fleet's good device does not take a leaf that is bad on purpose for its own", async () => {
  await ensure([bad("expired", { registrationId: "a" })]);
  await ensure([{ registrationId: "a", format: "pem" }]);
  expect(defectIn("a")).toBeUndefined();
});
