import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";
import type { PeerCertificate } from "node:tls";
import { connect } from "node:tls";

import type { DialRule } from "../../base/dial.ts";
import { dialTarget, MQTT_PORT } from "../../base/dial.ts";
import type { ProxyChooser } from "../../base/proxy.ts";
import { proxyName } from "../../base/proxy.ts";
import { httpsRoute } from "../../base/transport.ts";
import { serviceAgent, trusting } from "../../service/connection.ts";
import type { Finding } from "../finding.ts";
import { fail, ok, warn } from "../finding.ts";
import { probed } from "./probed.ts";

/** How hosts are reached. */
export interface Reach {
  readonly connectTo: readonly DialRule[];
  readonly caPem: string | undefined;
  readonly proxyFor: ProxyChooser;
  /** Of each probe. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
}

/** MQTT over WebSocket. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", port 443. */
const WEBSOCKET_PATH = "/$iothub/websocket";
const HTTPS_PORT = 443;
/** SAS tokens bear a clock that is wrong by less; what services allow is not documented. */
const SKEW_FAIL_S = 300;
const SKEW_WARN_S = 60;
const DAY_MS = 86_400_000;
const SERVER_EXPIRING_DAYS = 7;

/** Everything about the way to one host: its name, both transports, its certificate, its clock. Nothing is registered. */
export async function checkHost(host: string, reach: Reach): Promise<readonly Finding[]> {
  const [dns, mqtt, webSocket, clock] = await Promise.all([
    checkName(host, reach),
    checkMqtt(host, reach),
    checkWebSocket(host, reach),
    checkClock(host, reach),
  ]);
  const rest = [...judgeTransports(host, mqtt, webSocket), ...clock];
  const isNamed = dns.every(({ state }) => state === "ok");
  return isNamed ? [...dns, ...rest] : [...dns, ...rest.filter((found) => !isOfName(found))];
}

/** Told once, by the check of the name; a proxy may know a name all the same. */
const isOfName = ({ state, what }: Finding): boolean =>
  state !== "ok" && /\b(ENOTFOUND|EAI_AGAIN)\b/.test(what);

/** One transport is enough: the other, closed by a firewall, is a warning that says what to do. */
function judgeTransports(
  host: string,
  mqtt: readonly Finding[],
  webSocket: Finding,
): readonly Finding[] {
  const [first] = mqtt;
  const mqttFails = first?.state === "fail";
  const webSocketFails = webSocket.state === "fail";
  if (mqttFails === webSocketFails || first === undefined) return [...mqtt, webSocket];
  if (!mqttFails) return [...mqtt, { ...webSocket, state: "warn" }];
  const mend = "run with --transport mqtt-ws, which goes over 443";
  return [warn("mqtt", first.what, mend), ok("mqtt-ws", `${webSocket.what}: open for ${host}`)];
}

async function checkName(
  host: string,
  { connectTo, timeoutMs, signal }: Reach,
): Promise<readonly Finding[]> {
  const { address } = dialTarget(connectTo, host, MQTT_PORT);
  if (address !== host) return [ok("DNS", `${host}: not asked, dialled at ${address}`)];
  return probed("DNS", host, { timeoutMs, signal }, async () => {
    const found = await lookup(host, { all: true });
    return [ok("DNS", `${host}: ${found.map((one) => one.address).join(", ")}`)];
  });
}

/** A full handshake at 8883, the certificate checked against the name. Devices take no proxy there. */
async function checkMqtt(host: string, reach: Reach): Promise<readonly Finding[]> {
  const { address, port } = dialTarget(reach.connectTo, host, MQTT_PORT);
  const where = address === host ? `${host}:${port}` : `${host} at ${address}:${port}`;
  return probed("mqtt", where, reach, async (signal) => {
    const socket = connect({
      host: address,
      port,
      servername: host,
      ...(reach.caPem === undefined ? {} : { secureContext: trusting(reach.caPem) }),
    });
    try {
      signal.addEventListener("abort", () => socket.destroy(), { once: true });
      await once(socket, "secureConnect");
      const certificate = socket.getPeerCertificate();
      const protocol = socket.getProtocol() ?? "TLS";
      return [
        ok("mqtt", `${where}: open, ${protocol}`),
        judgeServer(host, certificate, reach.now()),
      ];
    } finally {
      socket.destroy();
    }
  });
}

/** The name and chain held, else the handshake had failed. */
function judgeServer(host: string, certificate: PeerCertificate, now: Date): Finding {
  const end = new Date(certificate.valid_to);
  const { O: organization, CN: name } = certificate.issuer;
  const issuer = [organization, name].filter((part) => part !== undefined).join(", ");
  const what = `${host}: name and chain hold, issued by ${issuer}, until ${end.toISOString().slice(0, 10)}`;
  return end.getTime() - now.getTime() < SERVER_EXPIRING_DAYS * DAY_MS
    ? warn("TLS", what, "the server's certificate ends soon: its owner is to renew it")
    : ok("TLS", what);
}

/** The upgrade that a device's WebSocket begins with, at 443, through a proxy where there is one. */
async function checkWebSocket(host: string, reach: Reach): Promise<Finding> {
  const findings = await probed("mqtt-ws", `${host}:${HTTPS_PORT}`, reach, async (signal) => {
    const { asking, where, close } = ask(host, WEBSOCKET_PATH, reach, signal, {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-key": randomBytes(16).toString("base64"),
      "sec-websocket-protocol": "mqtt",
      "sec-websocket-version": "13",
    });
    try {
      const status = await new Promise<number>((resolve, reject) => {
        asking.once("upgrade", ({ statusCode }, socket) => {
          socket.destroy();
          resolve(statusCode ?? 0);
        });
        asking.once("response", (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        asking.once("error", reject);
      });
      if (status === 101) return [ok("mqtt-ws", `${where}: open`)];
      const hint = "something between here and the service does not let WebSockets through";
      return [fail("mqtt-ws", `${where}: expected an upgrade to WebSocket, got ${status}`, hint)];
    } finally {
      close();
    }
  });
  return findings[0] ?? fail("mqtt-ws", `${host}: no answer`);
}

/** The service's clock, by the Date header of whatever it answers (RFC 9110, 6.6.1). */
async function checkClock(host: string, reach: Reach): Promise<readonly Finding[]> {
  return probed("clock", `${host}:${HTTPS_PORT}`, reach, async (signal) => {
    const { asking, close } = ask(host, "/", reach, signal, {});
    try {
      const beganMs = reach.now().getTime();
      const answered: IncomingMessage[] = await once(asking, "response");
      const [answer] = answered;
      answer?.resume();
      const theirs = Date.parse(answer?.headers.date ?? "");
      if (Number.isNaN(theirs)) return [];
      return [judgeClock(host, (beganMs + reach.now().getTime()) / 2 - theirs)];
    } finally {
      close();
    }
  });
}

/** @param offMs how far this machine is ahead of the service; the header has whole seconds */
export function judgeClock(host: string, offMs: number): Finding {
  const seconds = Math.round(Math.abs(offMs) / 1_000);
  const way = offMs < 0 ? "behind" : "ahead of";
  if (seconds <= SKEW_WARN_S) return ok("clock", `within ${Math.max(1, seconds)} s of ${host}`);
  const what = `${seconds} s ${way} ${host}`;
  const mend = "set this machine's clock, and have NTP keep it";
  return seconds > SKEW_FAIL_S ? fail("clock", what, mend) : warn("clock", what, mend);
}

function ask(
  host: string,
  path: string,
  reach: Reach,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): { readonly asking: ClientRequest; readonly where: string; readonly close: () => void } {
  const { address, port, proxy } = httpsRoute(reach, host);
  const dialled = address === host ? {} : { address, port };
  const agent = serviceAgent({
    ...(proxy === undefined ? dialled : { proxy }),
    caPem: reach.caPem,
  });
  const asking = request({ host, port: HTTPS_PORT, path, agent, signal, headers });
  asking.end();
  const through = proxy === undefined ? "" : ` through the proxy ${proxyName(proxy)}`;
  const at = address === host ? `${host}:${port}` : `${host} at ${address}:${port}`;
  return { asking, where: at + through, close: () => agent.destroy() };
}
