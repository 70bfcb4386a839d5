import type { Surroundings } from "../surroundings.ts";
import { ConsumerGroups } from "./consumer-groups.ts";
import type { Partition } from "./partition.ts";
import { newPartition, partitionOf } from "./partition.ts";

/** The name of the endpoint that every hub has. */
export const BUILT_IN_ENDPOINT = "events";

/** Where a hub delivers messages to: partitions, which are read under consumer groups. */
export class EventEndpoint {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly consumerGroups: ConsumerGroups;

  constructor(name: string, { limits, clock }: Pick<Surroundings, "limits" | "clock">) {
    this.name = name;
    this.partitions = Array.from({ length: limits.eventPartitions }, newPartition);
    this.consumerGroups = new ConsumerGroups(limits, clock());
  }

  /** The number of the one partition that has all messages of a device. */
  partitionOf(deviceId: string): number {
    return partitionOf(deviceId, this.partitions.length);
  }

  /** The partition that a message of the device goes to. */
  partitionFor(deviceId: string): Partition {
    const partition = this.partitions[this.partitionOf(deviceId)];
    if (partition === undefined) throw new RangeError("an endpoint has at least one partition");
    return partition;
  }
}
