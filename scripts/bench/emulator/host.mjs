// The process under test: the emulator, or a bare TLS server with the same certificates that does what cannot be left out.
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { dirname } from "node:path";
import { createServer } from "node:tls";
import { startEmulator } from "../../../dist/src/emulator/emulator.js";
import { SERVER_TLS } from "../../../dist/src/emulator/server-tls.js";
import { HUB, readFleet } from "./fleet.mjs";
import { answerQuestions } from "./process.mjs";

const PUBLISH_QOS_1 = 0x32;

answerQuestions({ emulator: hostEmulator, kept: hostKept, plain: hostPlain, usage });

/** An emulator that keeps what it holds, in a new folder beside the fleet. */
function hostKept({ fleet, limits }) {
  return hostEmulator({
    fleet,
    limits: { ...limits, data: mkdtempSync(`${dirname(fleet)}/kept-`) },
  });
}

async function hostEmulator({ fleet, limits = {} }) {
  const { tls, devices } = readFleet(fleet);
  const identities = devices.map(({ deviceId, thumbprint }) => ({
    deviceId,
    authentication: { type: "selfSigned", x509Thumbprint: { primaryThumbprint: thumbprint } },
  }));
  const hubSettings = { [HUB]: { devices: identities } };
  const { mqttPort } = await startEmulator({ tls, hubSettings, ...limits });
  return { port: mqttPort };
}

/** Answers each PUBLISH at QoS 1 with the four bytes of a PUBACK; reads nothing of it but its length and its packet id. */
async function hostPlain({ fleet }) {
  const { tls } = readFleet(fleet);
  const options = { key: tls.privateKeyPem, cert: tls.certificatePem };
  const server = createServer({ ...options, ...SERVER_TLS });
  server.on("secureConnection", (socket) => {
    let rest = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      rest = acknowledge(socket, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    });
  });
  server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 });
  await once(server, "listening");
  return { port: server.address().port };
}

/** @returns the bytes of a packet that is not whole yet */
function acknowledge(socket, bytes) {
  let at = 0;
  for (;;) {
    let length = 0;
    let next = at + 1;
    let shift = 0;
    for (; next < bytes.length; next += 1, shift += 7) {
      length |= (bytes[next] & 0x7f) << shift;
      if (bytes[next] < 0x80) break;
    }
    next += 1;
    if (next + length > bytes.length) return bytes.subarray(at);
    if (bytes[at] === PUBLISH_QOS_1) {
      const id = next + 2 + bytes.readUInt16BE(next);
      socket.write(Buffer.of(0x40, 2, bytes[id], bytes[id + 1]));
    }
    at = next + length;
  }
}

/** CPU since the process began, in ms, and memory in bytes, of the heap after a collection where it can be asked for. */
function usage() {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: rss, heapBytes: heapUsed };
}
