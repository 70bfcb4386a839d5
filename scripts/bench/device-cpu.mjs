// What one device costs its worker: registered, connected, twin read, methods subscribed, with its first message
// acknowledged; against two plain `tls.connect` mutual handshakes of the same certificates, to the same emulator.
// Prints one JSON line; CPU milliseconds (user + system) of the client process alone.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { certsLayout } from "../../dist/src/pki/layout.js";
import { ensureFleetCertificates } from "../../dist/src/pki/fleet-certificates.js";
import { ensureEnrollmentGroup } from "../../dist/src/service/enrollments.js";

const DEVICES = 200;
const RATE_PER_S = 40;
const dir = mkdtempSync(join(tmpdir(), "dps-fleet-bench-"));
const main = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
const ids = Array.from({ length: DEVICES }, (_, n) => `bench-device${n}`);
const round = (value) => Math.round(value * 1000) / 1000;

function startEmulator() {
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

/** Two handshakes a device, one after another, as the fleet's CPU is the sum of its devices'. */
async function plainCpuMs(info) {
  const layout = certsLayout(dir);
  const ca = readFileSync(info.caFile, "utf8");
  const pems = ids.map((id) => ({
    cert: readFileSync(layout.leafFullChain(id), "utf8"),
    key: readFileSync(layout.leafKey(id), "utf8"),
  }));
  const before = process.cpuUsage();
  for (const { cert, key } of pems) {
    for (const servername of [info.provisioningHost, info.hubs[0]]) {
      await new Promise((resolve, reject) => {
        const options = { host: info.address, port: info.mqttPort, servername, cert, key, ca };
        const socket = connect(options, () => {
          socket.destroy();
          resolve();
        });
        socket.once("error", reject);
      });
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / DEVICES;
}

/** Runs the fleet's worker in a process of its own, and asks what CPU it used beyond an empty one. */
function fleetCpuMs(info, devices) {
  const worker = fileURLToPath(new URL("./device-cpu-worker.mjs", import.meta.url));
  const child = spawn(process.execPath, [worker], { stdio: ["pipe", "pipe", "inherit"] });
  const fleet = { dir, ids: ids.slice(0, devices), info, ratePerS: RATE_PER_S };
  child.stdin.end(JSON.stringify(fleet));
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.once("exit", (code) =>
      code === 0 ? resolve(JSON.parse(text).cpuMs) : reject(new Error(`worker ended with ${code}`)),
    );
  });
}

let emulator;
try {
  const devices = ids.map((registrationId) => ({ registrationId, format: "pem" }));
  const { group } = await ensureFleetCertificates({ dir, devices, now: new Date() });
  emulator = await startEmulator();
  const { info } = emulator;
  await ensureEnrollmentGroup(
    { groupId: "bench", caPem: group.certificatePem, create: true },
    {
      connectionString: info.dpsConnectionString,
      source: "the bench",
      route: {
        address: info.address,
        port: info.httpsPort,
        caPem: readFileSync(info.caFile, "utf8"),
      },
    },
  );
  // The first device pays for loading the SDK: what it costs is not a device's.
  const oneMs = await fleetCpuMs(info, 1);
  const allMs = await fleetCpuMs(info, DEVICES);
  const oursMs = (allMs - oneMs) / (DEVICES - 1);
  const plainMs = await plainCpuMs(info);
  const row = {
    name: "device registered, connected and streaming, CPU ms",
    ours_ms: round(oursMs),
    plain_ms: round(plainMs),
    ratio: round(oursMs / plainMs),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  emulator?.child.kill("SIGTERM");
  rmSync(dir, { recursive: true, force: true });
}
