// Devices of a bench, each with a leaf certificate of its own, and the server's certificate, in one file for all processes.
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_NAMES } from "../../../dist/src/emulator/emulator.js";
import {
  issueIntermediate,
  issueLeaf,
  issueRoot,
  issueServer,
} from "../../../dist/src/pki/certificate.js";

export const HUB = DEFAULT_NAMES.hubs[0];

/** Makes `count` devices and writes them to a file in `dir`; gives its path. */
export async function writeFleet(dir, count) {
  const now = new Date();
  const root = await issueRoot({ now });
  const signer = await issueIntermediate({ subject: "bench intermediate", signer: root, now });
  const names = [...DEFAULT_NAMES.hubs, DEFAULT_NAMES.provisioningHost, DEFAULT_NAMES.dpsHost];
  const server = await issueServer({ names: [...names, "127.0.0.1"], signer: root, now });
  const devices = [];
  for (let n = 0; n < count; n += 1) {
    const deviceId = `bench-${n}`;
    const leaf = await issueLeaf({ signer, registrationId: deviceId, now });
    devices.push({
      deviceId,
      cert: leaf.certificatePem + signer.certificatePem,
      key: leaf.privateKeyPem,
      thumbprint: new X509Certificate(leaf.certificatePem).fingerprint256.replaceAll(":", ""),
    });
  }
  const file = join(dir, "fleet.json");
  const tls = { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem };
  const group = signer.certificatePem;
  writeFileSync(file, JSON.stringify({ caPem: root.certificatePem, group, tls, devices }));
  return file;
}

export function readFleet(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
