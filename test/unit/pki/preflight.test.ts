import { chmodSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CertsLayout } from "../../../src/pki/layout.ts";
import { issueRoot } from "../../../src/pki/certificate.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import { issueDefectiveLeaf } from "../../../src/pki/defects.ts";
import { groupedByCause, judgeIdentities, preflight } from "../../../src/pki/preflight.ts";
import { refusal } from "../../support/refusal.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../../support/pki.ts";

const now = new Date();

let store: ReturnType<typeof temporaryDir>;
let layout: CertsLayout;
let pki: TestPki;
beforeEach(async () => {
  store = temporaryDir();
  layout = certsLayout(store.path);
  pki = await testPki(now);
});
afterEach(() => store[Symbol.dispose]());

test("a preflight finds every problem, and a chain that does not reach the group's CA", async () => {
  const devices = ["a", "b", "c", "d"].map((registrationId) => ({
    registrationId,
    credentials: { format: "pem" } as const,
  }));
  writeLeaf(store.path, "a", await pki.leaf("a"));
  writeLeaf(store.path, "b", await pki.leaf("b", { signer: pki.otherRoot }));
  writeLeaf(store.path, "c", await pki.leaf("wrong"));
  const check = (groupCaPem?: string) =>
    preflight({ dir: store.path, devices, env: {}, now, groupCaPem });
  for (const group of [pki.intermediate, pki.root]) {
    const error = await refusal(check(group.certificatePem));
    expect(error.code).toBe("CERTIFICATE_INVALID");
    expect(error.problems.map(({ place }) => place)).toEqual([
      layout.leafFullChain("b"),
      layout.leafFullChain("c"),
      layout.leafFullChain("d"),
      layout.leafKey("d"),
    ]);
    expect(error.problems[0]?.message).toContain(
      "expected a chain to the CA of the enrollment group",
    );
    expect(error.problems[0]?.message).toContain("got one that ends at O=Somebody Else");
  }
  expect((await refusal(check())).problems.map(({ place }) => place)).not.toContain(
    layout.leafFullChain("b"),
  );
});

test("a leaf whose file ends below the group's CA still reaches it", async () => {
  const issued = await pki.leaf("a");
  writeLeaf(store.path, "a", { ...issued, fullChainPem: issued.certificatePem });
  const devices = [{ registrationId: "a", credentials: { format: "pem" } as const }];
  await expect(
    preflight({
      dir: store.path,
      devices,
      env: {},
      now,
      groupCaPem: pki.intermediate.certificatePem,
    }),
  ).resolves.toEqual([expect.objectContaining({ place: layout.leafKey("a") })]);
});

test("many problems of one cause are told by three, and the rest is counted", () => {
  const problems = Array.from({ length: 40 }, (_, n) => ({
    place: `d${n}.cert.pem`,
    message: `expected the common name "d${n}" (the registration id), got "x"`,
    hint: "mend",
  }));
  const told = groupedByCause([...problems, { place: "z", message: "expected PEM" }]);
  expect(told.map(({ place }) => place)).toEqual([
    "d0.cert.pem",
    "d1.cert.pem",
    "d2.cert.pem",
    "37 more files",
    "z",
  ]);
});

const pem = (...ids: string[]) =>
  ids.map((registrationId) => ({ registrationId, credentials: { format: "pem" } as const }));
const judge = (...ids: string[]) =>
  judgeIdentities({ dir: store.path, devices: pem(...ids), env: {}, now });

test.for([
  ["expired", "got one that expired on"],
  ["not-yet-valid", "got one that is not valid before"],
  ["wrong-ca", "got one to another CA of the same name, with another key"],
  ["wrong-cn", 'expected the common name "d" (the registration id), got "another-device"'],
  ["no-client-auth", "expected a certificate for client authentication"],
  ["self-signed", "expected a chain to the CA of the enrollment group"],
  ["broken-chain", "expected certificate 2 to be the signer of certificate 1"],
  ["ca-as-leaf", "got that of a CA (CA:TRUE) (issued on purpose with the defect ca-as-leaf)"],
  ["weak-key", "got RSA of 1024"],
] as const)(
  "a leaf with the defect %s is refused before a packet is sent",
  async ([defect, text]) => {
    const { intermediate: signer } = pki;
    writeLeaf(
      store.path,
      "d",
      await issueDefectiveLeaf(defect, { registrationId: "d", signer, now }),
    );
    const groupCaPem = signer.certificatePem;
    const check = preflight({ dir: store.path, devices: pem("d"), env: {}, now, groupCaPem });
    const error = await refusal(check);
    expect(error.problems.map(({ message }) => message).join("\n")).toContain(text);
    expect(error.problems).toHaveLength(1);
  },
);

test("a leaf that signed itself may be a CA, as those of individual enrollments are", async () => {
  const { certificatePem, privateKeyPem } = await issueRoot({ subject: "d", now });
  writeLeaf(store.path, "d", { certificatePem, fullChainPem: certificatePem, privateKeyPem });
  expect((await judge("d")).problems).toEqual([]);
});

test("ids that differ only in case, and a certificate of two devices, are found", async () => {
  const leaf = await pki.leaf("cave");
  writeLeaf(store.path, "cave", leaf);
  writeLeaf(store.path, "CAVE", leaf);
  const { problems } = await judge("cave", "CAVE", "cave");
  expect(problems.map(({ message }) => message)).toEqual([
    'expected registration ids that differ by more than case, got "cave" and "CAVE"',
    'expected the common name "CAVE" (the registration id), got "cave"',
    'expected one device with the registration id "cave", got two',
    expect.stringContaining('expected a certificate of its own for "cave", got that of "cave" in'),
  ]);
});

test("an id that DPS refuses is told", async () => {
  writeLeaf(store.path, "cave.", await pki.leaf("cave."));
  const { problems } = await judge("cave.");
  expect(problems).toMatchObject([{ message: expect.stringContaining("not ending in . _ :") }]);
});

test("keys that others can read and leaves that end soon are warned of, and use is not refused", async () => {
  writeLeaf(store.path, "open", await pki.leaf("open"));
  const soon = new Date(now.getTime() + 29 * 86_400_000);
  writeLeaf(store.path, "soon", await pki.leaf("soon", { notAfter: soon }));
  chmodSync(layout.leafKey("open"), 0o640);
  chmodSync(layout.leafKey("soon"), 0o600);
  expect(await judge("open", "soon")).toEqual({
    problems: [],
    warnings: [
      {
        place: layout.leafKey("open"),
        message: "expected a private key that its owner alone can read, got mode 0640",
        hint: `chmod -R go-rwx '${layout.privateDir}'`,
      },
      {
        place: layout.leafFullChain("soon"),
        message: expect.stringMatching(/^expected a certificate that holds for more than 30 days/),
        hint: "renew it: certs renew",
      },
    ],
  });
});

test("of a device that is to be refused only what keeps it from showing its certificate is told", async () => {
  const options = { registrationId: "bad", signer: pki.intermediate, now };
  writeLeaf(store.path, "bad", await issueDefectiveLeaf("expired", options));
  writeLeaf(store.path, "copy", await issueDefectiveLeaf("wrong-cn", options));
  writeLeaf(store.path, "keyless", await pki.leaf("keyless"));
  writeTestFile(layout.leafKey("keyless"), (await pki.leaf("other")).privateKeyPem);
  const judged = (unfit: boolean) =>
    judgeIdentities({
      dir: store.path,
      devices: ["bad", "copy", "keyless", "gone"].map((registrationId) => ({
        registrationId,
        credentials: { format: "pem" } as const,
        unfit,
      })),
      env: {},
      now,
      groupCaPem: pki.otherRoot.certificatePem,
    });
  const { problems, warnings } = await judged(true);
  expect([...new Set(problems.map(({ place }) => place))]).toEqual([
    layout.leafKey("keyless"),
    layout.leafFullChain("gone"),
    layout.leafKey("gone"),
  ]);
  expect(warnings).toEqual([]);
  expect((await judged(false)).problems.map(({ place }) => place)).toContain(
    layout.leafFullChain("bad"),
  );
});
