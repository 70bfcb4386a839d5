/**
 * Preloaded (`--import`) into a process that shall take an emulator for Azure: Azure's names lead to the address in
 * `EMULATOR_ADDRESS`, as lines of a hosts file would. Ports, names, and the check of certificates stay as they are.
 */
import dns from "node:dns";
import promises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

const NAMES = /\.(?:azure-devices-provisioning|azure-devices)\.net$/;
const address = process.env.EMULATOR_ADDRESS;

if (address !== undefined) {
  for (const resolver of [dns, promises]) {
    const { lookup } = resolver;
    resolver.lookup = (hostName, ...rest) =>
      lookup(NAMES.test(hostName) ? address : hostName, ...rest);
  }
  // For those that import `lookup` by its name.
  syncBuiltinESMExports();
}
