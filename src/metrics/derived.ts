import type { MetricInfo } from "./metric-info.ts";

/** What is computed from the rows of devices, the ledger or the supervisor. */
export const DERIVED = {
  alerts_active: {
    kind: "derived",
    unit: "1",
    label: "alert",
    help: "Alerts that are on at the end, counted at each device",
    when: "at the end, over all devices",
  },
  devices_alerted: {
    kind: "derived",
    unit: "1",
    label: "alert",
    total: ["devices_planned"],
    help: "Distinct devices that had the alert (without a label: any) at least once",
    when: "at the end, over all devices",
  },
  devices_planned: {
    kind: "derived",
    unit: "1",
    help: "Devices of the plan",
    when: "before the first device starts",
  },
  devices_assigned: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Distinct devices that were assigned at least once",
    when: "at the end, over all devices",
  },
  devices_connected: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Distinct devices that were connected at least once",
    when: "at the end, over all devices",
  },
  devices_failed: {
    kind: "derived",
    unit: "1",
    total: ["devices_planned"],
    help: "Devices that gave up for good",
    when: "at the end, over all devices",
  },
  telemetry_unacked: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_sent"],
    help: "Messages neither acknowledged nor failed",
    when: "at the end, over all devices",
  },
  telemetry_missing: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages acknowledged to the device and not found among what the hub ingested",
    when: "at the end, from what the hub ingested; else not measured",
  },
  telemetry_duplicated: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages ingested more than once",
    when: "at the end, from what the hub ingested; else not measured",
  },
  telemetry_out_of_order: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_acked"],
    help: "Messages ingested after a later one of the same device",
    when: "at the end, from what the hub ingested; else not measured",
  },
  telemetry_unconfirmed: {
    kind: "derived",
    unit: "1",
    total: ["telemetry_sent"],
    help: "Messages ingested and not known to be acknowledged to their device: a PUBACK was lost, or a worker",
    when: "at the end, from what the hub ingested; else not measured",
  },
  workers_lost: {
    kind: "derived",
    unit: "1",
    help: "Worker processes that ended unasked",
    when: "at the end, over the whole run",
  },
  workers_restarted: {
    kind: "derived",
    unit: "1",
    help: "Lost worker processes that came back",
    when: "at the end, over the whole run",
  },
} as const satisfies Readonly<Record<string, MetricInfo>>;
