import type { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import type { CertsStore } from "../support/certs-store.ts";
import { certsStore, keptAs, keyAt, leafAt } from "../support/certs-store.ts";
import { refusal } from "../support/refusal.ts";
import { writeTestFile } from "../support/pki.ts";

let store: CertsStore;
beforeEach(async () => {
  store = certsStore();
  await store.issue("a");
});
afterEach(() => store[Symbol.dispose]());

/** What `--confirm` does, step by step, in its order. */
const STEPS: readonly ((old: X509Certificate) => void)[] = [
  (old) => {
    writeTestFile(
      keptAs(store.layout.leafCert("a"), old),
      readFileSync(store.layout.leafCert("a")),
    );
    writeTestFile(keptAs(store.layout.leafKey("a"), old), readFileSync(store.layout.leafKey("a")));
  },
  () => renameSync(store.layout.renewedKey("a"), store.layout.leafKey("a")),
  () => renameSync(store.layout.renewedCert("a"), store.layout.leafCert("a")),
];

test.each([0, 1, 2, 3])("cut short after step %i, confirming goes on", async (steps) => {
  const old = { leaf: leafAt(store.layout.leafCert("a")), key: keyAt(store.layout.leafKey("a")) };
  await store.certs("renew a");
  const renewed = leafAt(store.layout.renewedCert("a"));
  for (const step of STEPS.slice(0, steps)) step(old.leaf);
  expect(await store.certs("renew a --confirm")).toMatchObject({ exitCode: 0 });
  expect(leafAt(store.layout.leafFullChain("a")).fingerprint).toBe(renewed.fingerprint);
  expect(leafAt(store.layout.leafCert("a")).fingerprint).toBe(renewed.fingerprint);
  expect(renewed.checkPrivateKey(keyAt(store.layout.leafKey("a")))).toBe(true);
  expect(keyAt(keptAs(store.layout.leafKey("a"), old.leaf)).equals(old.key)).toBe(true);
  expect(leafAt(keptAs(store.layout.leafCert("a"), old.leaf)).fingerprint).toBe(
    old.leaf.fingerprint,
  );
  expect(store.text()).not.toContain(".renewed");
  expect(await store.issue("a")).toMatchObject({ reused: 1 });
});

test.each([2, 3])(
  "cut short after step %i, it is neither made anew nor given up",
  async (steps) => {
    const old = leafAt(store.layout.leafCert("a"));
    await store.certs("renew a");
    for (const step of STEPS.slice(0, steps)) step(old);
    const before = store.text();
    expect((await store.certs("renew a")).stderr).toMatch(
      /got one that was cut short[^]*hint: finish it: certs renew a --confirm/,
    );
    expect(await store.certs("renew a --discard")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("cut short"),
    });
    expect(store.text()).toBe(before);
  },
);

test("cut short after its key, a run does not issue over it", async () => {
  const old = leafAt(store.layout.leafCert("a"));
  await store.certs("renew a");
  for (const step of STEPS.slice(0, 2)) step(old);
  const before = store.text();
  const run = await refusal(store.issue("a"));
  expect(run.problems).toMatchObject([{ hint: "finish it: certs renew a --confirm" }]);
  expect(store.text()).toBe(before);
});

test("the chain goes in place last: what stops it leaves the rest done, and the next call ends it", async () => {
  await store.certs("renew a");
  const renewed = leafAt(store.layout.renewedCert("a"));
  rmSync(store.layout.leafFullChain("a"));
  mkdirSync(join(store.layout.leafFullChain("a"), "in the way"), { recursive: true });
  expect(await store.certs("renew a --confirm")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /expected the renewed pair to go in place, got: [^]*run the same again/,
    ),
  });
  expect(leafAt(store.layout.leafCert("a")).fingerprint).toBe(renewed.fingerprint);
  expect(renewed.checkPrivateKey(keyAt(store.layout.leafKey("a")))).toBe(true);
  rmSync(store.layout.leafFullChain("a"), { recursive: true });
  expect(await store.certs("renew a --confirm")).toMatchObject({ exitCode: 0 });
  expect(leafAt(store.layout.leafFullChain("a")).fingerprint).toBe(renewed.fingerprint);
});

test("making that was cut short goes on with the key that is there", async () => {
  await store.certs("renew a");
  const key = keyAt(store.layout.renewedKey("a"));
  rmSync(store.layout.renewedFullChain("a"));
  rmSync(store.layout.renewedCert("a"));
  expect((await store.certs("renew a --confirm")).stderr).toContain("that waits to be confirmed");
  expect((await store.certs("renew a")).stdout).toContain("a: renewed");
  expect(keyAt(store.layout.renewedKey("a")).equals(key)).toBe(true);
  expect(leafAt(store.layout.renewedFullChain("a")).checkPrivateKey(key)).toBe(true);
});
