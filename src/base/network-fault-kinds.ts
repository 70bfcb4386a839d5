import type { FaultKind } from "./fault-kind.ts";

/** Faults on the way between devices and services: they act on connections and bytes, whatever is said in them. */
export const NETWORK_FAULT_KINDS = {
  killTcp: {
    layer: "network",
    does:
      "Breaks off MQTT connections, over TLS and WebSocket: those that are open when it begins, and, where it has a time " +
      "or a count, those that come later, at their CONNECT.",
    parameters: {
      how: {
        does: "how it breaks off: a TCP reset, or a FIN without a word of TLS",
        values: ["reset", "close"],
        default: "reset",
      },
    },
    at: "everywhere",
    by: ["devices"],
    counts: "connections broken off",
    seen:
      "A device client that listens to anything connects again after 0.1 s, then less and less often, for 4 minutes; " +
      "others with their next message. After a reset over MQTT it gives up: `disconnect`, with `ECONNRESET`. What had no " +
      "acknowledgment is sent again. A first connection: `UnauthorizedError`. A registration: `ECONNRESET`, or " +
      "`NotConnectedError` over WebSocket.",
    ends: "Without a time and a count it is over as soon as it has begun.",
  },
  shutDownMqtt: {
    layer: "network",
    does:
      "Closes MQTT connections in good order, after all that was written to them, as a service does that is moved: those " +
      "that are open when it begins, and, where it has a time or a count, those that come later, at their CONNECT.",
    parameters: {},
    at: "everywhere",
    by: ["devices"],
    counts: "connections closed",
    seen: "As with `killTcp`; no error names the reason.",
    ends: "Without a time and a count it is over as soon as it has begun.",
  },
  blackHole: {
    layer: "network",
    does:
      "Lets nothing through in either direction, and leaves connections open; a connection that comes later gets no " +
      "answer to its CONNECT.",
    parameters: {
      afterwards: {
        does: "what becomes of the connections afterwards: what was held back flows, or they are reset",
        values: ["flow", "reset"],
        default: "flow",
      },
    },
    at: "everywhere",
    by: ["devices"],
    isState: true,
    counts: "connections blocked, which do not end it",
    seen:
      "Nothing, until something is late: a message fails with `TimeoutError` after 30 s, a CONNECT after 30 s, the " +
      "connection after a keepalive without an answer. Twin calls never end.",
    ends:
      "By `afterwards`. The service has gone on meanwhile: it may have closed a silent connection, of which its device hears " +
      "now. Of each device 64 KiB are held, and 8 MiB for it: with more, its connection is reset.",
  },
  halfOpen: {
    layer: "network",
    does:
      "Makes the services forget the connections that are open when it begins, without telling the devices: what these " +
      "send is lost. Connections that come later are let through.",
    parameters: {},
    at: "everywhere",
    by: ["devices"],
    counts: "connections forgotten",
    seen: "As with `blackHole`; the service shows the device as disconnected, and sends its will.",
    ends: "The next bytes of a device on a forgotten connection are answered by a TCP reset.",
  },
  networkLatency: {
    layer: "network",
    does: "Makes all that MQTT connections carry arrive later, in both directions, from CONNECT on; order is kept.",
    parameters: {
      ms: {
        does: "how much later, each way",
        unit: "ms",
        whole: false,
        least: 0,
        most: 600_000,
        default: 500,
      },
      jitterMs: {
        does: "by how much more or less, at most",
        unit: "ms",
        whole: false,
        least: 0,
        most: 600_000,
        default: 0,
      },
    },
    at: "everywhere",
    by: ["devices"],
    isState: true,
    counts: "connections slowed down, which do not end it",
    seen: "Answers that come later by twice the latency; otherwise as with `blackHole`.",
    ends: "What is under way arrives at once.",
  },
  serverCertificateExpired: {
    layer: "network",
    does:
      "Shows a certificate that ran out a day ago, of the usual CA and for the usual names, to those who connect under " +
      "the name of a service, over MQTT and HTTPS. TLS sessions are not resumed; connections that are open stay. Under " +
      "another name, as `localhost`, and without one the good certificate is shown.",
    parameters: {},
    at: "everywhere",
    by: [],
    isState: true,
    counts: "there is none: it is on or off",
    seen:
      "`CERT_HAS_EXPIRED` from TLS: a device client calls it `UnauthorizedError` at its first connection, " +
      "`NotConnectedError` later; a service client shows the error of TLS.",
    ends: "The good certificate is shown again.",
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
