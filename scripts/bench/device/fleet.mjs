// What the rows about devices share: an emulator with a group, leaves, and a fleet's worker in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureFleetCertificates } from "../../../dist/src/pki/fleet-certificates.js";
import { ensureEnrollmentGroup } from "../../../dist/src/service/ensure-enrollment-group.js";

const main = fileURLToPath(new URL("../../../dist/src/main.js", import.meta.url));
const worker = fileURLToPath(new URL("./worker.mjs", import.meta.url));

function startEmulator(dir) {
  const args = ["emulator", "--json", "--mqtt-port", "0", "--https-port", "0"];
  const child = spawn(process.execPath, [main, ...args, "--certs", dir, "--retry-after", "1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the emulator ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve({ child, info: JSON.parse(text) });
    });
  });
}

/** An emulator with a group and leaves for so many devices; `work` gets them, and all is gone after it. */
export async function withDevices(count, work) {
  const dir = mkdtempSync(join(tmpdir(), "dps-fleet-bench-"));
  const ids = Array.from({ length: count }, (_, n) => `bench-device${n}`);
  let emulator;
  try {
    const devices = ids.map((registrationId) => ({ registrationId, format: "pem" }));
    const { groupCas } = await ensureFleetCertificates({ dir, devices, now: new Date() });
    emulator = await startEmulator(dir);
    const { info } = emulator;
    const caPem = readFileSync(info.caFile, "utf8");
    await ensureEnrollmentGroup(
      {
        groupId: "bench",
        attestation: { type: "x509", caPem: groupCas[0].certificatePem },
        create: true,
      },
      {
        connectionString: info.dpsConnectionString,
        source: "the bench",
        route: { address: info.address, port: info.httpsPort, caPem },
      },
    );
    await work({ dir, ids, info });
  } finally {
    emulator?.child.kill("SIGTERM");
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Runs a fleet's worker until every device has so many messages acknowledged.
 *
 * @param fleet `dir`, `ids`, `info`, `transport`; `intervalMs` between messages, `messages` a device
 * @returns `cpuMs` beyond an empty process, `rssBytes`, and `connectCpuMs` up to each device's first acknowledgment
 */
export function runFleet(fleet) {
  const child = spawn(process.execPath, [worker], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(fleet));
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.once("exit", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`worker ended with ${code}`)),
    );
  });
}

export const round = (value) => Math.round(value * 1000) / 1000;
