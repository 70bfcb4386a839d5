// What one device costs its worker: registered, connected, twin read, methods subscribed, with its first message
// acknowledged; against two plain `tls.connect` mutual handshakes of the same certificates, to the same emulator.
// Prints one JSON line; CPU milliseconds (user + system) of the client process alone.
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { certsLayout } from "../../dist/src/pki/layout.js";
import { round, runFleet, withDevices } from "./device/fleet.mjs";

const DEVICES = 200;

/** Two handshakes a device, one after another, as the fleet's CPU is the sum of its devices'. */
async function plainCpuMs({ dir, ids, info }) {
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

await withDevices(DEVICES, async (fleet) => {
  // The first device pays for loading the SDK: what it costs is not a device's.
  const one = await runFleet({ ...fleet, ids: fleet.ids.slice(0, 1) });
  const all = await runFleet(fleet);
  const oursMs = (all.cpuMs - one.cpuMs) / (DEVICES - 1);
  const plainMs = await plainCpuMs(fleet);
  const row = {
    name: "device registered, connected and streaming, CPU ms",
    ours_ms: round(oursMs),
    plain_ms: round(plainMs),
    ratio: round(oursMs / plainMs),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
});
