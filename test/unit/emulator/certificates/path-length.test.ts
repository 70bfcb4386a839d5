import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pathLengthOf } from "../../../../src/emulator/certificates/path-length.ts";
import { issueNarrow, testPki } from "../../../support/pki.ts";

const derOf = (pem: string): Buffer => new X509Certificate(pem).raw;

test("a CA's path length is read, and its absence", async () => {
  const pki = await testPki();
  for (const length of [0, 1, 127, 128, 70_000]) {
    const ca = await issueNarrow(pki.root, length);
    expect(pathLengthOf(derOf(ca.certificatePem))).toBe(length);
  }
  expect(pathLengthOf(derOf(pki.root.certificatePem))).toBeUndefined();
  expect(pathLengthOf(derOf((await pki.leaf("a")).certificatePem))).toBeUndefined();
});

test("a length of no byte, wherever it stands, is no path length and never throws", async () => {
  const ca = derOf((await issueNarrow((await testPki()).root, 0)).certificatePem);
  const lengths = [...ca.keys()].map((index) => {
    const broken = Buffer.from(ca);
    broken[index] = 0;
    return pathLengthOf(broken);
  });
  expect(new Set(lengths)).toEqual(new Set([0, undefined]));
});

test("reading any bytes never throws, broken certificates included", async () => {
  const ca = derOf((await issueNarrow((await testPki()).root, 0)).certificatePem);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(() => pathLengthOf(Buffer.from(bytes))).not.toThrow();
    }),
  );
  fc.assert(
    fc.property(fc.nat({ max: ca.length - 1 }), fc.nat({ max: 255 }), (index, byte) => {
      const broken = Buffer.from(ca);
      broken[index] = byte;
      expect(() => pathLengthOf(broken)).not.toThrow();
      expect(() => pathLengthOf(broken.subarray(0, index))).not.toThrow();
    }),
  );
});
