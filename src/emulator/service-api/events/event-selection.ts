import type { ConsumerGroup } from "../../events/consumer-groups.ts";
import type { EventEndpoint } from "../../events/event-endpoint.ts";
import { fullLine, ledgerLine } from "../../events/event-line.ts";
import type { EventLog } from "../../events/event-log.ts";
import { firstWanted } from "../../events/event-position.ts";
import type { EventSource, ReadOptions } from "../../events/event-stream.ts";
import { ServiceFault } from "../../fault.ts";
import type { EventQuery } from "./event-query.ts";

/** A hub, as far as its readers know it. */
export interface ReadableHub {
  readonly hostName: string;
  readonly endpoints: ReadonlyMap<string, EventEndpoint>;
}

/** A consumer group that a reader takes a place in, on some partitions. */
export interface Membership {
  readonly group: ConsumerGroup;
  readonly partitions: readonly number[];
}

/** What is read, and in which groups. */
export interface Selection extends Pick<ReadOptions, "sources" | "keeps" | "lost"> {
  readonly memberships: readonly Membership[];
}

/** What was ingested by all hubs. */
export function selectLedger(log: EventLog, query: EventQuery): Selection {
  const queue = log.ledger;
  const from = firstWanted(queue, query.from, "queue");
  return { sources: [{ queue, from, line: ledgerLine }], memberships: [] };
}

/**
 * The partitions that `query` asks for, of those of `hubs`.
 *
 * @throws {ServiceFault} `hubNotFound`, `endpointNotFound`, `consumerGroupNotFound`, or `badRequest` for a partition that is not there
 */
export function selectEvents(
  log: EventLog,
  hubs: readonly ReadableHub[],
  query: EventQuery,
): Selection {
  const chosen = endpointsOf(hubs, query);
  const memberships: Membership[] = [];
  const sources: EventSource[] = [];
  for (const endpoint of chosen) {
    const partitions = partitionsOf(endpoint, query);
    memberships.push({ group: endpoint.consumerGroups.get(query.consumerGroup), partitions });
    for (const partition of partitions) sources.push(sourceOf(endpoint, partition, query));
  }
  const { devices, from } = query;
  // Of all hubs: what a number that is gone belonged to, nobody knows any more.
  const isFromLedger = from.at === "sequence" && query.partition === undefined;
  return {
    sources,
    memberships,
    lost: isFromLedger ? Math.max(0, log.ledger.first - Math.max(1, from.sequence)) : 0,
    ...(devices === undefined ? {} : { keeps: ({ message }) => devices.has(message.deviceId) }),
  };
}

function endpointsOf(hubs: readonly ReadableHub[], query: EventQuery): readonly EventEndpoint[] {
  const wanted = query.hub?.toLowerCase();
  const asked = hubs.filter(({ hostName }) => wanted === undefined || hostName === wanted);
  if (asked.length === 0)
    throw new ServiceFault(
      "hubNotFound",
      `There is no hub ${query.hub}; there is ${hubs.map(({ hostName }) => hostName).join(", ")}.`,
    );
  if (query.partition !== undefined && asked.length > 1)
    throw new ServiceFault(
      "badRequest",
      `partition: expected hub beside it, since there are ${asked.length} hubs.`,
    );
  const found = asked.flatMap(({ endpoints }) => endpoints.get(query.endpoint) ?? []);
  if (found.length > 0) return found;
  const names = new Set(asked.flatMap(({ endpoints }) => [...endpoints.keys()]));
  throw new ServiceFault(
    "endpointNotFound",
    `There is no endpoint ${query.endpoint}; there is ${[...names].join(", ")}.`,
  );
}

/** A device's messages are all in one partition, so the others need not be looked at. */
function partitionsOf(endpoint: EventEndpoint, query: EventQuery): readonly number[] {
  const { partition, devices } = query;
  const count = endpoint.partitions.length;
  if (partition !== undefined && partition >= count)
    throw new ServiceFault("badRequest", `partition: expected 0 to ${count - 1}.`);
  if (partition !== undefined) return [partition];
  const ofDevices = devices && new Set([...devices].map((id) => endpoint.partitionOf(id)));
  return [...endpoint.partitions.keys()].filter((one) => ofDevices?.has(one) ?? true);
}

function sourceOf(endpoint: EventEndpoint, partition: number, query: EventQuery): EventSource {
  const queue = endpoint.partitions[partition];
  if (queue === undefined) throw new RangeError(`no partition ${partition}`);
  const numbers = query.partition === undefined ? "ledger" : "queue";
  return {
    queue,
    from: firstWanted(queue, query.from, numbers),
    line: (event, sequenceNumber) =>
      fullLine(event, { endpoint: endpoint.name, partition, sequenceNumber }),
  };
}
