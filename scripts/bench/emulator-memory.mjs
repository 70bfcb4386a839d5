// Memory of an emulator with five thousand devices that are connected and subscribed, each with a leaf of its own, against
// a bare TLS server with as many mutual sockets. Prints one JSON line; MiB of resident memory, all of the process.
import { MiB, askEach, ratioRow, rows, withServer } from "./emulator/bench.mjs";

const DEVICES = 5000;

await rows(DEVICES, async (fleet) => {
  const residentOf = (kind) =>
    withServer({ kind, fleet, clients: 2 }, async ({ server, clients }) => {
      const isEmulator = kind === "emulator";
      await askEach(clients, DEVICES, "connect", { mqtt: isEmulator, subscribe: isEmulator });
      return (await server.ask("usage")).rssBytes / MiB;
    });
  const ours = await residentOf("emulator");
  const plain = await residentOf("plain");
  return [ratioRow("emulator with 5,000 devices, MiB", ours, plain)];
});
