// CPU of an emulator with a folder of state for a telemetry message at QoS 1 of 200 devices, against one in memory: what
// `--data` costs. Prints a JSON line for each number of messages that a device has unacknowledged; CPU microseconds a
// message (user + system, of all threads) of the server's process, medians of alternating rounds.
import { askEach, cpuOfBoth, ratioRow, rows } from "./emulator/bench.mjs";

const DEVICES = 200;
const MESSAGES = 50_000;
const ROUNDS = 5;

await rows(DEVICES, async (fleet) => {
  const done = [];
  for (const inFlight of [1, 10]) {
    const details = { messages: MESSAGES / DEVICES, inFlight, payloadBytes: 200 };
    const send = ({ clients }) => askEach(clients, DEVICES, "telemetry", details);
    const connect = async (server) => {
      await askEach(server.clients, DEVICES, "connect", { mqtt: true });
      await send(server);
    };
    const { ours, plain } = await cpuOfBoth(fleet, ROUNDS, connect, send, ["kept", "emulator"]);
    const micros = (ms) => (ms * 1000) / MESSAGES;
    const name = `--data, message at QoS 1, ${inFlight} under way, CPU µs`;
    done.push(ratioRow(name, micros(ours), micros(plain)));
  }
  return done;
});
