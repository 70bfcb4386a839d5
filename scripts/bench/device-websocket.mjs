// What MQTT over WebSocket costs a fleet's worker against MQTT over TLS, with the same devices, certificates and
// emulator: CPU of a device up to its first acknowledged message, resident memory with all of them connected, and CPU of
// a message at QoS 1. Prints a JSON line for each; of the client process alone.
import { round, runFleet, withDevices } from "./device/fleet.mjs";

const DEVICES = 200;
const SENDERS = 50;
const MESSAGES = 100;

async function figuresOf(fleet, transport) {
  const one = await runFleet({ ...fleet, ids: fleet.ids.slice(0, 1), transport });
  const all = await runFleet({ ...fleet, transport });
  const ids = fleet.ids.slice(0, SENDERS);
  const sending = await runFleet({ ...fleet, ids, transport, intervalMs: 50, messages: MESSAGES });
  const sent = SENDERS * (MESSAGES - 1);
  return {
    connectMs: (all.cpuMs - one.cpuMs) / (DEVICES - 1),
    memoryKiB: (all.rssBytes - one.rssBytes) / (DEVICES - 1) / 1024,
    messageUs: ((sending.cpuMs - sending.connectCpuMs) / sent) * 1000,
  };
}

await withDevices(DEVICES, async (fleet) => {
  const plain = await figuresOf(fleet, "mqtt");
  const ours = await figuresOf(fleet, "mqtt-ws");
  const rows = [
    ["device over WebSocket against TLS, CPU ms", "connectMs"],
    ["the same, resident KiB", "memoryKiB"],
    ["the same, a message at QoS 1, CPU µs", "messageUs"],
  ];
  for (const [name, figure] of rows) {
    const row = {
      name,
      ours: round(ours[figure]),
      plain: round(plain[figure]),
      ratio: round(ours[figure] / plain[figure]),
    };
    process.stdout.write(`${JSON.stringify(row)}\n`);
  }
});
