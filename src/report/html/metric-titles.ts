import type { HistogramName } from "../../metrics/catalog.ts";

const TITLES: Readonly<Partial<Record<HistogramName, string>>> = {
  registration_ms: "Registration",
  registration_tcp_ms: "TCP connect",
  registration_tls_ms: "TLS handshake",
  registration_connack_ms: "CONNACK",
  registration_accepted_ms: "accepted",
  registration_assigned_ms: "assigned",
  connection_ms: "Connection",
  connection_tls_ms: "TLS handshake",
  connection_connack_ms: "CONNACK",
  connection_twin_ms: "twin read and applied",
  connection_first_ack_ms: "first acknowledgment",
  telemetry_ms: "Telemetry",
  telemetry_delay_ms: "Telemetry, device to hub",
  reported_ms: "Reported properties",
  method_ms: "Direct methods",
  twin_action_ms: "Twin changes",
  twin_received_ms: "Twin changes, patch to device",
  twin_answer_ms: "Twin changes, device to acknowledged",
  twin_seen_ms: "Twin changes, patch to service",
  twin_paced_ms: "Twin changes, held by the pace",
};

/** A latency as people call it; where they have no word, its name in the catalogue. */
export const metricTitle = (metric: HistogramName): string => TITLES[metric] ?? metric;
