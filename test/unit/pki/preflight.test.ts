import { afterEach, beforeEach, expect, test } from "vitest";
import type { CertsLayout } from "../../../src/pki/layout.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import { groupedByCause, preflight } from "../../../src/pki/preflight.ts";
import { refusal } from "../../support/refusal.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeLeaf } from "../../support/pki.ts";

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
  ).resolves.toBeUndefined();
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
