import { readdirSync, readFileSync, statSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LEAF_DEFECTS } from "../../../src/base/leaf-defect.ts";
import { defectOf } from "../../../src/pki/defects.ts";
import type { CertsLayout } from "../../../src/pki/layout.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import type { WriteDefectiveOptions } from "../../../src/pki/write-defective.ts";
import { writeDefectiveLeaves } from "../../../src/pki/write-defective.ts";
import { refusal } from "../../support/refusal.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../../support/pki.ts";

let store: ReturnType<typeof temporaryDir>;
let layout: CertsLayout;
let pki: TestPki;
beforeEach(async () => {
  store = temporaryDir();
  layout = certsLayout(store.path);
  pki = await testPki();
  writeTestFile(layout.rootCert, pki.root.certificatePem);
  writeTestFile(layout.rootKey, pki.root.privateKeyPem);
  writeTestFile(layout.intermediateCert, pki.intermediate.certificatePem);
  writeTestFile(layout.intermediateKey, pki.intermediate.privateKeyPem);
});
afterEach(() => store[Symbol.dispose]());

const write = (more: Partial<WriteDefectiveOptions> = {}) =>
  writeDefectiveLeaves({
    dir: store.path,
    defect: "expired",
    registrationIds: ["bad"],
    signer: undefined,
    force: false,
    now: pki.now,
    passphraseOf: () => Promise.resolve(undefined),
    ...more,
  });
const defectIn = (file: string) => defectOf(new X509Certificate(readFileSync(file)).subject);

test.for(LEAF_DEFECTS)(
  "a leaf with the defect %s is written, its key for its owner alone",
  async (defect) => {
    const [written] = await write({ defect });
    expect(written).toMatchObject({ id: "bad", defect, certFile: layout.leafCert("bad") });
    expect(defectIn(layout.leafCert("bad"))).toBe(defect);
    expect(defectIn(layout.leafFullChain("bad"))).toBe(defect);
    expect(statSync(layout.leafKey("bad")).mode & 0o777).toBe(0o600);
  },
);

test("a defective leaf replaces another one, which stays beside", async () => {
  const [first] = await write();
  await write({ defect: "weak-key" });
  expect(defectIn(layout.leafCert("bad"))).toBe("weak-key");
  const mark = first?.certificate.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
  expect(defectIn(layout.leafCert(`bad.${mark}`))).toBe("expired");
});

test("a good leaf, a lone key and another's file are never replaced, and nothing is written then", async () => {
  const good = await pki.leaf("good");
  writeLeaf(store.path, "good", good);
  writeTestFile(layout.leafKey("lone"), good.privateKeyPem);
  writeTestFile(layout.leafCert("foreign"), "no certificate");
  const before = readdirSync(store.path);
  const registrationIds = ["bad", "good", "lone", "foreign"];
  const error = await refusal(write({ registrationIds }));
  expect(error.code).toBe("FOREIGN_FILE");
  expect(error.problems.map(({ place }) => place)).toEqual(
    ["good", "lone", "foreign"].map((id) => layout.leafCert(id)),
  );
  expect(readdirSync(store.path)).toEqual(before);
  await write({ registrationIds: ["good"], force: true });
  expect(defectIn(layout.leafCert("good"))).toBe("expired");
  const forced = await refusal(write({ registrationIds: ["lone", "foreign"], force: true }));
  expect(forced.problems).toHaveLength(2);
});

test("a stop leaves whole identities only", async () => {
  const stop = new AbortController();
  const onProgress = (done: number): void => {
    if (done === 2) stop.abort(new Error("stopped"));
  };
  const registrationIds = ["a", "b", "c"];
  await expect(write({ registrationIds, signal: stop.signal, onProgress })).rejects.toThrow(
    "stopped",
  );
  expect(readdirSync(store.path).filter((name) => name.startsWith("c."))).toEqual([]);
  expect(defectIn(layout.leafFullChain("b"))).toBe("expired");
});
