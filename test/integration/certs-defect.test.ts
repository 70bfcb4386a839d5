import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LEAF_DEFECTS } from "../../src/base/leaf-defect.ts";
import { defectOf } from "../../src/pki/defects.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir } from "../support/pki.ts";

const dir = temporaryDir();
const layout = certsLayout(join(dir.path, "certs"));
const certs = (words: string) => runHere(dir.path, ["certs", ...words.split(" ")]);
beforeAll(async () => {
  await certs("root");
  await certs("intermediate");
});
afterAll(() => dir[Symbol.dispose]());

test.for(LEAF_DEFECTS)(
  "certs leaf issues a leaf with the defect %s and says so",
  async (defect) => {
    expect(await certs(`leaf ${defect}-1 --defect ${defect}`)).toEqual({
      exitCode: 0,
      stdout: `${defect}-1: issued with the defect ${defect}: certs/${defect}-1-full-chain.cert.pem\n`,
      stderr: expect.stringContaining(`bad on purpose (${defect}): `),
    });
    const leaf = new X509Certificate(readFileSync(layout.leafCert(`${defect}-1`)));
    expect(defectOf(leaf.subject)).toBe(defect);
  },
);

test("--json tells the defect and the files", async () => {
  const { stdout } = await certs("leaf --pattern j{1..2} --defect weak-key --json");
  expect(JSON.parse(stdout)).toMatchObject([
    { id: "j1", done: "issued", defect: "weak-key", files: { key: layout.leafKey("j1") } },
    { id: "j2", defect: "weak-key" },
  ]);
});

test("a good leaf is not replaced by a defective one, nor is a defect guessed", async () => {
  await certs("leaf good");
  expect(await certs("leaf good --defect expired")).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("a defective leaf replaces no good one"),
  });
  expect(await certs("leaf good2 --defect expird")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--defect: expected"),
  });
});
