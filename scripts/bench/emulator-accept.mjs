// CPU of the emulator for a device that connects, against a bare TLS server's for the same mutual handshake: full ones,
// with the same certificates. Prints one JSON line; CPU milliseconds (user + system) of the server's process for each
// connection from its first byte to its close, medians of alternating rounds.
import { askEach, cpuOfBoth, ratioRow, rows } from "./emulator/bench.mjs";

const DEVICES = 500;
const ROUNDS = 5;

await rows(DEVICES, async (fleet) => {
  const accept = ({ kind, clients }) =>
    askEach(clients, DEVICES, "acceptOnce", { mqtt: kind === "emulator" });
  const { ours, plain } = await cpuOfBoth(fleet, ROUNDS, accept, accept);
  return [ratioRow("emulator, accepted connection, CPU ms", ours / DEVICES, plain / DEVICES)];
});
