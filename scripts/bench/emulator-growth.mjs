// What the emulator keeps of a device that came and went: the slope of its heap after a collection over 10,000 of them,
// against the same with a leak of 1 KiB planted for each connection, over fewer. Prints one JSON line; bytes for each.
import { watchEmulator } from "../../dist/test/support/emulator-watch.js";
import { theilSen } from "../../dist/scripts/soak/theil-sen.js";
import { ratioRow } from "./emulator/bench.mjs";

const { heap } = await watchEmulator({ cycles: 10_000, warmUp: 3000, looks: 40 });
const planted = await watchEmulator({ cycles: 3000, warmUp: 1000, looks: 30, leakBytes: 1024 });
const row = ratioRow(
  "emulator, bytes kept of a connection",
  theilSen(heap).slope,
  theilSen(planted.heap).slope,
);
process.stdout.write(`${JSON.stringify(row)}\n`);
