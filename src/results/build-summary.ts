import type { Aggregate } from "../metrics/aggregate.ts";
import { FAILURE_CLASSES } from "../base/failure.ts";
import { percentilesOf } from "../metrics/histogram.ts";
import { summedLedger } from "../output/ledger.ts";
import type { TwinActionAccount } from "../output/output.ts";
import { unexpectedDevices } from "../output/unexpected-devices.ts";
import type { TwinActionResult } from "../output/twin-summary.ts";
import type { Summary, ThresholdResult, Verdict } from "../output/summary.ts";
import type { RunFacts } from "./run-facts.ts";

/** What was made of the facts. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly thresholds: readonly ThresholdResult[];
  readonly generator: Summary["generator"];
  readonly strict: Summary["strict"];
}

/** A counter by failure class; `unauthorized` is there even when it is 0, as the one that users look for. */
function byClass(split: Readonly<Record<string, number>>): Record<string, number> {
  const counts: Record<string, number> = { unauthorized: 0 };
  for (const name of FAILURE_CLASSES) {
    const count = split[name];
    if (count !== undefined && count > 0) counts[name] = count;
  }
  return counts;
}

const withoutZeros = (split: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(split).filter(([, count]) => count > 0));

/** Puts `summary.json` together; pure. */
export function buildSummary(
  facts: Pick<
    RunFacts,
    | "run"
    | "twins"
    | "arrival"
    | "control"
    | "aggregate"
    | "timeline"
    | "actions"
    | "ledger"
    | "workers"
  >,
  { verdict, thresholds, generator, strict }: Judgement,
): Summary {
  const { aggregate } = facts;
  const { planned, lost, restarted } = facts.workers;
  const sent = aggregate.counter("telemetry_sent");
  const acked = aggregate.counter("telemetry_acked");
  const failed = aggregate.counter("telemetry_failed");
  return {
    schemaVersion: 1,
    run: facts.run,
    verdict,
    devices: {
      ...aggregate.totals(),
      toBeRefused: aggregate.devices("devices_planned") - aggregate.devices("devices_to_admit"),
      refused: aggregate.devices("devices_refused"),
      unexpected: aggregate.devices("devices_unexpected"),
    },
    unexpected: unexpectedDevices(aggregate.rows()),
    arrival: facts.arrival,
    control: facts.control,
    registration: {
      attempts: aggregate.counter("registration_attempts"),
      assigned: aggregate.counter("registration_assigned"),
      failed: byClass(aggregate.labelled("registration_failed", "class")),
      throttled: aggregate.counter("throttled"),
      byHub: aggregate.byHub(),
      ms: aggregate.percentiles("registration_ms"),
      phases: {
        tcp: aggregate.percentiles("registration_tcp_ms"),
        tls: aggregate.percentiles("registration_tls_ms"),
        connack: aggregate.percentiles("registration_connack_ms"),
        accepted: aggregate.percentiles("registration_accepted_ms"),
        assigned: aggregate.percentiles("registration_assigned_ms"),
      },
    },
    connection: {
      attempts: {
        dps: aggregate.counter("connection_attempts", { service: "dps" }),
        hub: aggregate.counter("connection_attempts", { service: "hub" }),
        peakPerS: aggregate.peak("connection_attempts"),
      },
      opened: aggregate.counter("connection_opened"),
      lost: aggregate.counter("connection_lost"),
      reconnected: aggregate.counter("connection_reconnected"),
      failed: withoutZeros(aggregate.labelled("connection_failed", "class")),
      ms: aggregate.percentiles("connection_ms"),
      phases: {
        tls: aggregate.percentiles("connection_tls_ms"),
        connack: aggregate.percentiles("connection_connack_ms"),
        twin: aggregate.percentiles("connection_twin_ms"),
        firstAck: aggregate.percentiles("connection_first_ack_ms"),
      },
    },
    telemetry: {
      sent,
      acked,
      failed,
      unacked: sent - acked - failed,
      bytes: aggregate.counter("telemetry_bytes"),
      ms: aggregate.percentiles("telemetry_ms"),
    },
    twin: {
      desiredReceived: aggregate.counter("desired_received"),
      desiredDuplicate: aggregate.counter("desired_duplicate"),
      desiredOutOfOrder: aggregate.counter("desired_out_of_order"),
      desiredMissed: aggregate.counter("desired_missed"),
      reportedSent: aggregate.counter("reported_sent"),
      reportedAcked: aggregate.counter("reported_acked"),
      actions: facts.actions.map(actionResult),
      ...facts.twins,
    },
    methods: {
      received: aggregate.counter("methods_received"),
      failed: aggregate.counter("methods_failed"),
      ms: aggregate.percentiles("method_ms"),
    },
    timeline: facts.timeline,
    hubs: byHub(aggregate),
    ledger:
      facts.ledger === null
        ? null
        : summedLedger(facts.ledger, aggregate.percentiles("telemetry_delay_ms")),
    thresholds,
    workers: { planned, lost, restarted },
    resources: roundedResources(aggregate),
    generator,
    strict,
  };
}

function byHub(aggregate: Aggregate): Summary["hubs"] {
  const hubs = Object.keys(aggregate.labelled("connection_opened", "hub")).toSorted();
  return Object.fromEntries(
    hubs.map((hub) => [
      hub,
      {
        connection: aggregate.percentiles("connection_ms", { hub }),
        telemetry: aggregate.percentiles("telemetry_ms", { hub }),
      },
    ]),
  );
}

/** In the order of the schema: the file is the same when it is made of the record. */
const actionResult = ({
  times,
  stragglersNamed,
  missedBy,
  ...account
}: TwinActionAccount): TwinActionResult => ({
  ...account,
  ms: percentilesOf(times.acknowledged),
  receivedMs: percentilesOf(times.received),
  answerMs: percentilesOf(times.answer),
  seenMs: percentilesOf(times.seen),
  pacedMs: percentilesOf(times.paced),
  stragglersNamed,
  missedBy,
});

function roundedResources(aggregate: Aggregate): Summary["resources"] {
  const { cpuS, peakRssBytes } = aggregate.resources();
  return { cpuS: Math.round(cpuS * 1_000) / 1_000, peakRssBytes: Math.round(peakRssBytes) };
}
