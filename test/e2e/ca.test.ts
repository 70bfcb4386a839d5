import { expect, test } from "vitest";

import { issueLeaf, issueRoot } from "../../src/pki/certificate.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { writeTestFile } from "../support/pki.ts";
import type { Ended } from "../support/program.ts";
import { Program, workplace } from "../support/program.ts";

test("where CAs must be verified, a fleet registers whose root's key was proved", async () => {
  await using place = await workplace();
  const layout = certsLayout(place.certs);
  const root = await issueRoot({ now: new Date() });
  writeTestFile(layout.rootCert, root.certificatePem);
  writeTestFile(layout.rootKey, root.privateKeyPem);
  const ports = ["--mqtt-port", "0", "--https-port", "0", "--retry-after", "1"];
  const options = [...ports, "--certs", place.certs, "--require-verified-ca"];
  await using emulator = new Program(["emulator", "--json", ...options]);
  const [line] = await emulator.printed(/^\{.*\}$/m);
  const where = ["--emulator", await place.file("emulator.json", line), "--certs", place.certs];
  const end = async (...args: readonly string[]): Promise<Ended> => {
    await using program = new Program([...args, ...where]);
    return await program.ended;
  };

  // The root under --certs is what it uploads unless told otherwise.
  const added = await end("ca", "add", "root");
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  expect(added.stdout).toContain("root: not verified");
  const { stdout: code } = await end("ca", "code", "root");
  const proof = await issueLeaf({ registrationId: code.trim(), signer: root, now: new Date() });
  const file = await place.file("proof.pem", proof.certificatePem);
  const verified = await end("ca", "verify", "root", "--certificate", file);
  expect(verified).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await end("ca", "list")).stdout).toMatch(/^root +yes /m);

  const run = await end("run", await place.scenario(), "--devices", "1", "--out", place.out);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await end("ca", "delete", "root")).stdout).toBe("root: deleted\n");
});
