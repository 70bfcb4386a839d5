/** One measured quantity, as thresholds, Prometheus and the docs know it. */
export interface MetricInfo {
  /** histogram: many values with percentiles; counter: grows; derived: computed from rows, ledger or supervisor. */
  readonly kind: "histogram" | "counter" | "derived";
  readonly unit: "ms" | "bytes" | "1";
  /** The one label that splits the metric, if any. */
  readonly label?: "hub" | "class" | "alert" | "kind";
  /** Metrics whose sum is the whole that `rate` and `%` relate to; absent = the metric has no share. */
  readonly total?: readonly string[];
  readonly help: string;
}

/** Every metric there is. Latencies count from the moment at which the work was due. */
export const METRICS = {
  registration_ms: {
    kind: "histogram",
    unit: "ms",
    label: "hub",
    help: "From the moment the registration was due until DPS said assigned",
  },
  registration_tcp_ms: {
    kind: "histogram",
    unit: "ms",
    help: "TCP connect to the provisioning host",
  },
  registration_tls_ms: { kind: "histogram", unit: "ms", help: "TLS handshake with DPS" },
  registration_connack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the end of the handshake to DPS's CONNACK",
  },
  registration_accepted_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the register request that DPS accepted to that answer; throttled tries before it do not count",
  },
  registration_assigned_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From DPS's acceptance to the assignment, polling included",
  },
  connection_ms: {
    kind: "histogram",
    unit: "ms",
    label: "hub",
    help: "From assigned to connected: CONNACK, twin applied, methods subscribed",
  },
  connection_tls_ms: { kind: "histogram", unit: "ms", help: "TLS handshake with the hub" },
  connection_connack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the end of the handshake to the hub's CONNACK",
  },
  connection_twin_ms: { kind: "histogram", unit: "ms", help: "Reading and applying the twin" },
  connection_first_ack_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From connected to the acknowledgment of the first message",
  },
  telemetry_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the moment a message was due to its PUBACK",
  },
  reported_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From a reported patch to the hub's answer",
  },
  method_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From a direct method's request to its answer",
  },
  twin_action_ms: {
    kind: "histogram",
    unit: "ms",
    help: "From the service's patch to the device's acknowledged reported value",
  },

  registration_attempts: {
    kind: "counter",
    unit: "1",
    help: "Registration requests, throttled repeats included",
  },
  registration_assigned: {
    kind: "counter",
    unit: "1",
    label: "hub",
    total: ["registration_attempts"],
    help: "Registrations that ended assigned",
  },
  registration_failed: {
    kind: "counter",
    unit: "1",
    label: "class",
    total: ["registration_attempts"],
    help: "Registrations that failed",
  },
  throttled: {
    kind: "counter",
    unit: "1",
    total: ["registration_attempts"],
    help: "Answers 429 or 5xx from DPS",
  },
  connection_opened: {
    kind: "counter",
    unit: "1",
    label: "hub",
    total: ["connection_opened", "connection_failed"],
    help: "Hub connections that came up, reconnects included",
  },
  connection_lost: {
    kind: "counter",
    unit: "1",
    total: ["connection_opened"],
    help: "Hub connections that ended unasked",
  },
  connection_reconnected: {
    kind: "counter",
    unit: "1",
    total: ["connection_lost"],
    help: "Lost hub connections that came up again",
  },
  connection_failed: {
    kind: "counter",
    unit: "1",
    label: "class",
    total: ["connection_opened", "connection_failed"],
    help: "Attempts to connect to a hub that failed",
  },
  connection_renewed: {
    kind: "counter",
    unit: "1",
    help: "Hub connections made anew in good order, for a new SAS token or a new certificate",
  },
  certificate_rolled: {
    kind: "counter",
    unit: "1",
    help: "Devices that connected with a new certificate while they ran",
  },
  certificate_refused: {
    kind: "counter",
    unit: "1",
    help: "New certificates that a running device could not use, or DPS refused; the old one stays in use",
  },
  telemetry_sent: { kind: "counter", unit: "1", help: "Messages that were due" },
  telemetry_acked: {
    kind: "counter",
    unit: "1",
    total: ["telemetry_sent"],
    help: "Messages that the hub acknowledged",
  },
  telemetry_failed: {
    kind: "counter",
    unit: "1",
    label: "class",
    total: ["telemetry_sent"],
    help: "Messages that could not be handed over; class offline = due while not connected",
  },
  telemetry_bytes: { kind: "counter", unit: "bytes", help: "Bytes of message bodies" },
  desired_received: {
    kind: "counter",
    unit: "1",
    help: "Desired changes after a device's first twin, pushed or read",
  },
  reported_sent: { kind: "counter", unit: "1", help: "Reported patches sent" },
  reported_acked: {
    kind: "counter",
    unit: "1",
    total: ["reported_sent"],
    help: "Reported patches that the hub accepted",
  },
  methods_received: { kind: "counter", unit: "1", help: "Direct method calls that devices got" },
  methods_failed: {
    kind: "counter",
    unit: "1",
    total: ["methods_received"],
    help: "Direct method calls that were not answered with a status below 300",
  },

  alerts_raised: {
    kind: "counter",
    unit: "1",
    label: "alert",
    help: "Alerts of the scenario that came on, counted at each device each time",
  },

  alerts_active: {
    kind: "derived",
    unit: "1",
    label: "alert",
    help: "Alerts that are on at the end, counted at each device",
  },
  devices_alerted: {
    kind: "derived",
    unit: "1",
    label: "alert",
    total: ["devices_planned"],
    help: "Distinct devices that had the alert (without a label: any) at least once",
  },
  faults_begun: {
    kind: "counter",
    unit: "1",
    label: "kind",
    help: "Faults of the scenario that began at a device",
  },

  devices_planned: { kind: "derived", unit: "1", help: "Devices of the plan" },
  devices_assigned: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Distinct devices that were assigned at least once",
  },
  devices_connected: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Distinct devices that were connected at least once",
  },
  devices_failed: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Devices that gave up for good",
  },
  telemetry_unacked: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_sent"],
    help: "Messages neither acknowledged nor failed",
  },
  telemetry_missing: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages acknowledged to the device and not found among what the hub ingested",
  },
  telemetry_duplicated: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages ingested more than once",
  },
  telemetry_out_of_order: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages ingested after a later one of the same device",
  },
  workers_lost: { kind: "derived", unit: "1", help: "Worker processes that ended unasked" },
  workers_restarted: { kind: "derived", unit: "1", help: "Lost worker processes that came back" },
} as const satisfies Readonly<Record<string, MetricInfo>>;

export type MetricName = keyof typeof METRICS;
type NameOf<Kind extends MetricInfo["kind"]> = {
  [Name in MetricName]: (typeof METRICS)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];
export type HistogramName = NameOf<"histogram">;
export type CounterName = NameOf<"counter">;

/** @returns what the catalogue says of `name`, or `undefined` if there is no such metric */
export function metricInfo(name: string): MetricInfo | undefined {
  return Object.hasOwn(METRICS, name) ? TABLE[name] : undefined;
}

const TABLE: Readonly<Record<string, MetricInfo>> = METRICS;
