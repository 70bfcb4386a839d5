import fc from "fast-check";
import { expect, test } from "vitest";

import { certsLayout, isReservedId } from "../../../src/pki/layout.ts";
import { groupStoreFiles, keptMark, readStoreFiles } from "../../../src/pki/store-files.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../../support/pki.ts";

const id = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => !isReservedId(text) && Buffer.from(text).toString() === text);

test("the files of an id are found under it, whatever characters it has", () => {
  const layout = certsLayout("certs");
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 4 }), (ids) => {
      const files = ids.flatMap((one) => [
        { dir: "certs", file: layout.leafCert(one).slice("certs/".length) },
        { dir: "certs", file: layout.leafFullChain(one).slice("certs/".length) },
        { dir: "certs", file: layout.leafPfx(one).slice("certs/".length) },
        { dir: "certs/private", file: layout.leafKey(one).slice("certs/private/".length) },
      ]);
      const named = ids.filter((one) => !one.startsWith("."));
      expect(new Set(groupStoreFiles(files))).toEqual(
        new Set(
          named.map((name) => ({
            name,
            cert: layout.leafCert(name),
            fullChain: layout.leafFullChain(name),
            pfx: layout.leafPfx(name),
            key: layout.leafKey(name),
          })),
        ),
      );
    }),
  );
});

test("a kept name gives its owner and mark", () => {
  expect(keptMark("dev.1.0123abcd")).toEqual({ name: "dev.1", mark: "0123abcd" });
  expect(keptMark("dev.0123ABCD")).toBeUndefined();
  expect(keptMark("0123abcd")).toBeUndefined();
});

test("an id that looks like a kept name is a leaf of its own", async () => {
  using dir = temporaryDir();
  const pki = await testPki();
  const layout = certsLayout(dir.path);
  writeLeaf(dir.path, "dev", await pki.leaf("dev"));
  writeLeaf(dir.path, "dev.0123abcd", await pki.leaf("dev.0123abcd"));
  writeTestFile(layout.rootCert, pki.root.certificatePem);
  writeTestFile(layout.intermediateKey, pki.intermediate.privateKeyPem);
  writeTestFile(layout.leafKey("azure-iot-test-only.root.ca.0123abcd"), "kept key of a CA");
  const { leaves, older } = readStoreFiles(layout);
  expect(leaves.map(({ name }) => name)).toEqual(["dev", "dev.0123abcd"]);
  expect([...older.keys()]).toEqual(["azure-iot-test-only.root.ca"]);
});
