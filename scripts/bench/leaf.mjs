// What a P-256 leaf with its files costs, against a loop that only does what cannot be left out:
// a native key pair, its PEM, one signature, and the same files written in the same way.
// Prints one JSON line; times are CPU milliseconds a leaf (user + system), the best of a few rounds.
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../../dist/src/pki/atomic-file.js";
import { issueIntermediate, issueRoot } from "../../dist/src/pki/certificate.js";
import { certsLayout } from "../../dist/src/pki/layout.js";
import { runLeafJobs } from "../../dist/src/pki/leaf-batch.js";

const LEAVES = 500;
const ROUNDS = 5;
const now = new Date();
const dir = mkdtempSync(join(tmpdir(), "dps-fleet-bench-"));
const layout = certsLayout(dir);
mkdirSync(layout.privateDir);

const root = await issueRoot({ now });
const signer = await issueIntermediate({ subject: "bench intermediate", signer: root, now });
const ids = Array.from({ length: LEAVES }, (_, n) => `bench-device${n}`);
// As large as what is written and signed for a real leaf.
const certificate = root.certificatePem;
const chain = root.certificatePem + signer.chainPem;
const toBeSigned = Buffer.alloc(500, 1);

const rounded = (value) => Math.round(value * 1000) / 1000;

async function ours() {
  const jobs = ids.map((registrationId) => ({
    registrationId,
    keep: [],
    keyFile: layout.leafKey(registrationId),
    certFile: layout.leafCert(registrationId),
    fullChainFile: layout.leafFullChain(registrationId),
  }));
  await runLeafJobs({ jobs, signer, now });
}

function plain() {
  for (const id of ids) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const keyPem = privateKey.export({ type: "pkcs8", format: "pem" });
    sign("sha256", toBeSigned, signer.key);
    writeFileAtomic(layout.leafKey(id), keyPem, 0o600);
    writeFileAtomic(layout.leafCert(id), certificate, 0o644);
    writeFileAtomic(layout.leafFullChain(id), chain, 0o644);
  }
}

async function cpuMsPerLeaf(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000 / LEAVES);
  }
  return best;
}

try {
  await ours();
  const plainMs = await cpuMsPerLeaf(plain);
  const oursMs = await cpuMsPerLeaf(ours);
  const row = {
    name: "P-256 leaf with its files, CPU ms",
    ours_ms: rounded(oursMs),
    plain_ms: rounded(plainMs),
    ratio: rounded(oursMs / plainMs),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
