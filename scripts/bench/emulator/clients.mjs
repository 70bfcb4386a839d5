// Devices of a bench: raw MQTT over mutual TLS, from a process of their own.
import { connect } from "node:tls";
import { generate, parser } from "mqtt-packet";
import { HUB, readFleet } from "./fleet.mjs";
import { answerQuestions } from "./process.mjs";

/** Handshakes under way at a time: enough to keep the server busy, too few for it to keep many waiting. */
const CONCURRENT = 20;
const FILTERS = [
  "$iothub/twin/res/#",
  "$iothub/twin/PATCH/properties/desired/#",
  "$iothub/methods/POST/#",
];

let fleet;
let port;
const open = new Map();

answerQuestions({
  load: (details) => {
    fleet = readFleet(details.fleet);
    port = details.port;
  },
  connect: ({ from, to, mqtt, subscribe = false }) =>
    each(from, to, async (device) => {
      const link = await dial(device);
      if (mqtt) await login(link, device.deviceId, subscribe);
      open.set(device.deviceId, link);
    }),
  acceptOnce: ({ from, to, mqtt }) =>
    each(from, to, async (device) => {
      const link = await dial(device);
      if (mqtt) await login(link, device.deviceId, false);
      else await link.session;
      await close(link);
    }),
  telemetry: async ({ from, to, ...details }) => {
    const devices = fleet.devices.slice(from, to);
    await Promise.all(
      devices.map(({ deviceId }) => stream(open.get(deviceId), { deviceId, ...details })),
    );
  },
  close: async () => {
    await Promise.all([...open.values()].map(close));
    open.clear();
  },
});

async function each(from, to, act) {
  let at = from;
  const lane = async () => {
    while (at < to) await act(fleet.devices[at++]);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

function dial({ cert, key }) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: HUB, ca: fleet.caPem, cert, key };
    const socket = connect(options, () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve({ socket, session, parser: undefined, waiting: [], packets: [] });
    });
    // Under TLS 1.3 the server has seen the client's certificate only when it sends a ticket.
    const session = new Promise((given) => socket.once("session", given));
    socket.once("error", reject);
  });
}

async function login(link, deviceId, subscribe) {
  link.parser = parser();
  link.parser.on("packet", (packet) => {
    const wake = link.waiting.shift();
    if (wake === undefined) link.packets.push(packet);
    else wake(packet);
  });
  link.socket.on("data", (chunk) => link.parser.parse(chunk));
  const username = `${HUB}/${deviceId}/?api-version=2021-04-12`;
  const hello = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, keepalive: 1000 };
  link.socket.write(generate({ ...hello, clientId: deviceId, username, clean: true }));
  const { returnCode } = await next(link);
  if (returnCode !== 0) throw new Error(`CONNACK ${returnCode}`);
  if (!subscribe) return;
  for (const [at, topic] of FILTERS.entries()) {
    link.socket.write(
      generate({ cmd: "subscribe", messageId: at + 1, subscriptions: [{ topic, qos: 0 }] }),
    );
    await next(link);
  }
}

function next(link) {
  const packet = link.packets.shift();
  return packet === undefined
    ? new Promise((resolve) => link.waiting.push(resolve))
    : Promise.resolve(packet);
}

/** Sends messages at QoS 1, `inFlight` of them unacknowledged at a time; PUBACKs are counted by their bytes. */
function stream({ socket }, { deviceId, messages, inFlight, payloadBytes }) {
  const topic = `devices/${deviceId}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8`;
  const packet = generate({
    cmd: "publish",
    topic,
    payload: Buffer.alloc(payloadBytes, 0x20),
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  });
  socket.removeAllListeners("data");
  return new Promise((resolve) => {
    let sent = 0;
    let bytes = 0;
    const send = () => {
      const count = Math.min(inFlight - (sent - bytes / 4), messages - sent);
      if (count < 1) return;
      socket.cork();
      for (let n = 0; n < count; n += 1) socket.write(packet);
      socket.uncork();
      sent += count;
    };
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      if (bytes % 4 !== 0) return;
      if (bytes === messages * 4) resolve();
      else send();
    });
    send();
  });
}

function close({ socket }) {
  return new Promise((resolve) => {
    socket.once("close", resolve);
    socket.destroy();
  });
}
