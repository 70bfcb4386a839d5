import type { MetricInfo } from "./metric-info.ts";

/** Latencies, in ms: many values each. They count from the moment at which the work was due. */
export const LATENCIES = {
  registration_ms: {
    kind: "histogram",
    unit: "ms",
    label: "hub",
    help: "From the moment the registration was due until DPS said assigned",
    when: "DPS assigned a device, the first time or again",
  },
  registration_tcp_ms: {
    kind: "histogram",
    unit: "ms",
    help: "TCP connect to the provisioning host",
    when: "DPS assigned a device, the first time or again",
  },
  registration_tls_ms: {
    kind: "histogram",
    unit: "ms",
    help: "TLS handshake with DPS",
    when: "DPS assigned a device, the first time or again",
  },
  registration_connack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the end of the handshake to DPS's CONNACK",
    when: "DPS assigned a device, the first time or again",
  },
  registration_accepted_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the register request that DPS accepted to that answer; throttled tries before it do not count",
    when: "DPS assigned a device, the first time or again",
  },
  registration_assigned_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From DPS's acceptance to the assignment, polling included",
    when: "DPS assigned a device, the first time or again",
  },
  connection_ms: {
    kind: "histogram",
    unit: "ms",
    label: "hub",
    help: "From assigned to connected: CONNACK, twin applied, methods subscribed",
    when: "a hub connection is up, reconnects included",
  },
  connection_tls_ms: {
    kind: "histogram",
    unit: "ms",
    help: "TLS handshake with the hub",
    when: "a hub connection is up, reconnects included",
  },
  connection_connack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the end of the handshake to the hub's CONNACK",
    when: "a hub connection is up, reconnects included",
  },
  connection_twin_ms: {
    kind: "histogram",
    unit: "ms",
    help: "Reading and applying the twin",
    when: "a hub connection is up, reconnects included",
  },
  connection_first_ack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From connected to the acknowledgment of the first message",
    when: "the first acknowledgment on a connection",
  },
  telemetry_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the moment a message was due to its PUBACK",
    when: "the hub acknowledged a message",
  },
  reported_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From a reported patch to the hub's answer",
    when: "the hub accepted a patch",
  },
  method_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From a direct method's request to its answer",
    when: "a device answered a method",
  },
  twin_action_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the service's patch to the device's acknowledged reported value",
    when: "at the end, for each device that acknowledged a change of the timeline",
  },
  generator_loop_delay_ms: {
    kind: "histogram",
    unit: "ms",
    label: "worker",
    help: "How long what was due waited for the event loop of a process of the generator",
    when: "every 50 ms; a longer stall counts with each 50 ms of it",
  },
} as const satisfies Readonly<Record<string, MetricInfo>>;
