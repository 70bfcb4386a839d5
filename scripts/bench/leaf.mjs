// What a P-256 leaf with its chain on disk costs as `certs leaf` issues it, judging and reading back included, against a
// native loop that only does what cannot be left out: a key pair, its PEM, one signature, and the same files written in
// the same way. And how many cores are busy meanwhile: CPU seconds a second of wall time.
// Prints JSON lines; times are CPU milliseconds a leaf (user + system, all threads), the best of a few rounds.
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { writeFileAtomic } from "../../dist/src/pki/atomic-file.js";
import { issueLeaves } from "../../dist/src/pki/issue-leaves.js";
import { certsLayout } from "../../dist/src/pki/layout.js";
import { makeCa } from "../../dist/src/pki/make-ca.js";

const LEAVES = 1_000;
const ROUNDS = 5;
const now = new Date();
const nothing = async () => undefined;
const dir = mkdtempSync(join(tmpdir(), "dps-fleet-bench-"));
const leaves = Array.from({ length: LEAVES }, (_, n) => ({ registrationId: `bench-device${n}` }));

const rounded = (value) => Math.round(value * 1000) / 1000;

/** A store with a root and an intermediate. */
async function storeIn(folder) {
  const made = { dir: folder, force: false, now, passphraseOf: nothing, newPassphrase: nothing };
  const root = await makeCa({ ...made, name: "root" });
  const intermediate = await makeCa({ ...made, name: "intermediate" });
  return { root, intermediate };
}

async function ours(folder) {
  const outcomes = await issueLeaves({
    dir: folder,
    leaves,
    force: false,
    now,
    passphraseOf: nothing,
  });
  if (outcomes.some(({ done }) => done !== "issued")) throw new Error("leaves were there already");
}

const signer = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
// As large as what is written and signed for a real leaf.
const toBeSigned = Buffer.alloc(500, 1);

function native(folder, { root, intermediate }) {
  const layout = certsLayout(folder);
  const certificate = intermediate.certificate.toString();
  const chain = certificate + certificate + root.certificate.toString();
  for (const { registrationId: id } of leaves) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const keyPem = privateKey.export({ type: "pkcs8", format: "pem" });
    sign("sha256", toBeSigned, signer);
    writeFileAtomic(layout.leafKey(id), keyPem, 0o600);
    writeFileAtomic(layout.leafCert(id), certificate, 0o644);
    writeFileAtomic(layout.leafFullChain(id), chain, 0o644);
  }
}

/** Each round in a store of its own, since what is there is kept. */
async function best(work) {
  let least = { cpuMs: Number.POSITIVE_INFINITY, wallMs: 1 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = join(dir, String(round));
    mkdirSync(folder);
    const cas = await storeIn(folder);
    const before = process.cpuUsage();
    const startedMs = performance.now();
    await work(folder, cas);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    if (cpuMs < least.cpuMs) least = { cpuMs, wallMs: performance.now() - startedMs };
    rmSync(folder, { recursive: true });
  }
  return least;
}

try {
  await best(ours);
  const plain = await best(native);
  const issued = await best(ours);
  const cores = availableParallelism();
  const busy = issued.cpuMs / issued.wallMs;
  const rows = [
    {
      name: "cpu_per_leaf_vs_native",
      ours_ms: rounded(issued.cpuMs / LEAVES),
      plain_ms: rounded(plain.cpuMs / LEAVES),
      ratio: rounded(issued.cpuMs / plain.cpuMs),
    },
    {
      name: "cores busy while leaves are issued, of all",
      ours: rounded(busy),
      plain: cores,
      ratio: rounded(busy / cores),
    },
  ];
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
