import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openssl } from "./openssl.ts";

const CONFIG = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
`;

/** Certificates that the openssl binary made, as a user brings them. */
export interface OpensslFactory {
  /** Makes a P-256 key, or another kind that `genpkey` knows, not encrypted; returns its file. */
  key(name: string, words?: string): string;
  /** Signs a certificate for a key; without `signer` it signs itself. Returns its file. */
  certificate(
    name: string,
    options: {
      readonly subject: string;
      readonly key: string;
      readonly use: "ca" | "leaf" | "server";
      readonly signer?: { readonly certificate: string; readonly key: string };
    },
  ): string;
  /** Files one after another, as one. */
  bundle(name: string, files: readonly string[]): string;
}

/** Makes files in a folder, under the names that are given. */
export function opensslFactory(dir: string): OpensslFactory {
  mkdirSync(dir, { recursive: true });
  const at = (name: string): string => join(dir, name);
  const config = at("openssl.cnf");
  writeFileSync(config, CONFIG);
  return {
    key: (name, words = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256") => {
      openssl(`genpkey ${words} -out`, [at(name)]);
      return at(name);
    },
    certificate: (name, { subject, key, use, signer }) => {
      const request = at(`${name}.csr`);
      openssl("req -new -config", [config, "-key", key, "-subj", subject, "-out", request]);
      const signing =
        signer === undefined
          ? ["-signkey", key]
          : ["-CA", signer.certificate, "-CAkey", signer.key, "-CAcreateserial"];
      const rest = ["-in", request, "-extfile", config, "-extensions", use, "-out", at(name)];
      openssl("x509 -req -days 30", [...signing, ...rest]);
      return at(name);
    },
    bundle: (name, files) => {
      writeFileSync(at(name), files.map((file) => readFileSync(file, "utf8")).join(""));
      return at(name);
    },
  };
}

/**
 * A folder as certGen.sh leaves it: root, intermediate and `new-device` with their chains, the CAs' keys encrypted,
 * requests, copies and bookkeeping among them.
 */
export function certGenFolder(dir: string, passphrase: string, deviceId: string): void {
  const certs = opensslFactory(join(dir, "certs"));
  const keys = opensslFactory(join(dir, "private"));
  const rootKey = keys.key("root.plain");
  const root = certs.certificate("azure-iot-test-only.root.ca.cert.pem", {
    subject: "/CN=Azure IoT Hub CA Cert Test Only",
    key: rootKey,
    use: "ca",
  });
  const middleKey = keys.key("intermediate.plain");
  const middle = certs.certificate("azure-iot-test-only.intermediate.cert.pem", {
    subject: "/CN=Azure IoT Hub Intermediate Cert Test Only",
    key: middleKey,
    use: "ca",
    signer: { certificate: root, key: rootKey },
  });
  for (const [plain, name] of [
    [rootKey, "root.ca"],
    [middleKey, "intermediate"],
  ] as const) {
    const out = join(dir, "private", `azure-iot-test-only.${name}.key.pem`);
    openssl("ec -aes256 -in", [plain, "-passout", `pass:${passphrase}`, "-out", out]);
  }
  const deviceKey = keys.key("new-device.key.pem");
  const device = certs.certificate("new-device.cert.pem", {
    subject: `/CN=${deviceId}`,
    key: deviceKey,
    use: "leaf",
    signer: { certificate: middle, key: middleKey },
  });
  const full = certs.bundle("new-device-full-chain.cert.pem", [device, middle, root]);
  certs.bundle("azure-iot-test-only.chain.ca.cert.pem", [middle, root]);
  const pfx = join(dir, "certs", "new-device.cert.pfx");
  const pass = ["-passout", `pass:${passphrase}`, "-out", pfx];
  openssl("pkcs12 -export -in", [full, "-inkey", deviceKey, ...pass]);
  mkdirSync(join(dir, "newcerts"));
  writeFileSync(join(dir, "newcerts", "01.pem"), readFileSync(device));
  writeFileSync(join(dir, "index.txt"), "V\t300101000000Z\t\t01\tunknown\t/CN=x\n");
}
