/**
 * Preloaded (`--import`) into a process that shall take an emulator for Azure: Azure's names lead to the address in
 * `EMULATOR_ADDRESS`, as lines of a hosts file would. Ports, names, and the check of certificates stay as they are.
 */
import dns from "node:dns";

const NAMES = /\.(?:azure-devices-provisioning|azure-devices)\.net$/;
const address = process.env.EMULATOR_ADDRESS;
const { lookup } = dns;

if (address !== undefined) {
  dns.lookup = (hostName, ...rest) => lookup(NAMES.test(hostName) ? address : hostName, ...rest);
}
