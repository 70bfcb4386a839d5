// CPU of the emulator for a telemetry message at QoS 1 of 200 devices, against a bare TLS server that answers each packet
// with the bytes of a PUBACK. Prints a JSON line for each number of messages that a device has unacknowledged; CPU
// microseconds a message (user + system) of the server's process, medians of alternating rounds.
import { askEach, cpuOfBoth, ratioRow, rows } from "./emulator/bench.mjs";

const DEVICES = 200;
const MESSAGES = 50_000;
const ROUNDS = 5;

await rows(DEVICES, async (fleet) => {
  const done = [];
  for (const inFlight of [1, 10]) {
    const details = { messages: MESSAGES / DEVICES, inFlight, payloadBytes: 200 };
    const send = ({ clients }) => askEach(clients, DEVICES, "telemetry", details);
    const connect = async ({ kind, clients }) => {
      await askEach(clients, DEVICES, "connect", { mqtt: kind === "emulator" });
      await send({ clients });
    };
    const { ours, plain } = await cpuOfBoth(fleet, ROUNDS, connect, send);
    const micros = (ms) => (ms * 1000) / MESSAGES;
    done.push({
      ...ratioRow(
        `emulator, message at QoS 1, ${inFlight} under way, CPU µs`,
        micros(ours),
        micros(plain),
      ),
      per_core_s: Math.round((1000 * MESSAGES) / ours),
    });
  }
  return done;
});
