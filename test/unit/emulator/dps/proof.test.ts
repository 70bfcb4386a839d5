import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Proof } from "../../../../src/emulator/dps/proof.ts";
import { proofNames } from "../../../../src/emulator/dps/proof.ts";
import { parseSasToken } from "../../../../src/emulator/sas-token.ts";
import { testPki } from "../../../support/pki.ts";

const idScope = "0ne000CA7E5";

function tokenFor(sr: string, more = "&skn=registration"): Proof {
  const token = parseSasToken(`SharedAccessSignature sr=${sr}&sig=YQ%3d%3d&se=1${more}`);
  if (token === undefined) throw new Error("not read");
  return { kind: "token", token };
}

test("a token names its device whether the resource is encoded, in either case, or not", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9._:-]{0,20}[a-z0-9]$/), (registrationId) => {
      const plain = `${idScope}/registrations/${registrationId}`;
      const upper = encodeURIComponent(plain);
      const lower = upper.replaceAll(/%../g, (code) => code.toLowerCase());
      for (const sr of [plain, upper, lower, plain.toUpperCase()])
        expect(proofNames(tokenFor(sr), { idScope, registrationId })).toBe(true);
      expect(proofNames(tokenFor(`${plain}x`), { idScope, registrationId })).toBe(false);
    }),
  );
});

test.for([
  ["another ID scope", `0ne00000000/registrations/dev`, "&skn=registration"],
  ["another device", `${idScope}/registrations/other`, "&skn=registration"],
  ["only the scope", idScope, "&skn=registration"],
  ["a hub", "hub.azure-devices.net/devices/dev", ""],
  ["another key name", `${idScope}/registrations/dev`, "&skn=provisioningserviceowner"],
  ["a resource that cannot be decoded", `${idScope}/registrations/dev%zz`, ""],
])("a token for %s is not for the device", ([, sr = "", more]) => {
  expect(proofNames(tokenFor(sr, more), { idScope, registrationId: "dev" })).toBe(false);
});

test("a certificate names the device of its common name, in any case", async () => {
  const pki = await testPki();
  const leaf = new X509Certificate((await pki.leaf("Dev-1")).certificatePem);
  const proof: Proof = { kind: "certificate", chain: [leaf] };
  expect(proofNames(proof, { idScope, registrationId: "dev-1" })).toBe(true);
  expect(proofNames(proof, { idScope, registrationId: "dev-2" })).toBe(false);
  expect(proofNames({ kind: "certificate", chain: [] }, { idScope, registrationId: "" })).toBe(
    false,
  );
});
