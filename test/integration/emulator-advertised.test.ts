import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startEmulator } from "../../src/embed/emulator.ts";
import { temporaryDir, testPki, writeTestFile } from "../support/pki.ts";

const SAMPLE = fileURLToPath(new URL("../support/microsoft-sample.mjs", import.meta.url));

/** A forwarded port, as a container or a tunnel has it; `to` is asked at each connection. */
async function forwardedPort(to: () => number) {
  const server = createServer((socket) => {
    const onward = connect(to(), "127.0.0.1");
    socket.pipe(onward).pipe(socket);
    for (const one of [socket, onward])
      one.on("error", () => [socket, onward].map((s) => s.destroy()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  // oxlint-disable-next-line no-unsafe-type-assertion -- a TCP server has no other address
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

test("Microsoft's sample needs no names of Azure's where DPS tells devices HOST:PORT", async () => {
  await using dir = temporaryDir();
  const pki = await testPki();
  let mqttPort = 0;
  using forwarded = await forwardedPort(() => mqttPort);
  const signing = { primary: { certificate: pki.intermediate.certificatePem } };
  await using emulator = await startEmulator({
    retryAfterS: 0,
    hubs: ["localhost"],
    advertisedPort: forwarded.port,
    enrollmentGroups: [
      {
        enrollmentGroupId: "caves",
        attestation: { type: "x509", x509: { signingCertificates: signing } },
        initialTwin: { properties: { desired: { fanstate: "on" } } },
      },
    ],
  });
  ({ mqttPort } = emulator);
  const leaf = await pki.leaf("cave-1");
  const files = [
    writeTestFile(join(dir.path, "leaf.pem"), leaf.fullChainPem),
    writeTestFile(join(dir.path, "leaf.key"), leaf.privateKeyPem),
  ];
  const env = {
    PATH: process.env["PATH"],
    NODE_EXTRA_CA_CERTS: writeTestFile(join(dir.path, "ca.pem"), emulator.caPem),
    PROVISIONING_HOST: `localhost:${forwarded.port}`,
  };
  const sample = [SAMPLE, emulator.idScope, "cave-1", ...files];
  const place = `localhost:${forwarded.port}`;
  // The second time it is known already, and stays.
  for (const time of ["first", "second"]) {
    const { stdout } = await promisify(execFile)(process.execPath, sample, { env });
    expect({ time, ...JSON.parse(stdout) }).toEqual({
      time,
      assignedHub: place,
      deviceId: "cave-1",
      desired: { fanstate: "on", $version: 1 },
    });
  }
});
