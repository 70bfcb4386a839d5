import type { Surroundings } from "../surroundings.ts";
import { ConsumerGroups, groupCodec } from "./consumer-groups.ts";
import { Deliveries } from "./deliveries.ts";
import { Partition, partitionOf } from "./partition.ts";

/** The name of the endpoint that every hub has. */
export const BUILT_IN_ENDPOINT = "events";

export interface EndpointSettings {
  readonly name: string;
  /** What its messages and groups are kept under; no other endpoint has or had it. */
  readonly place: string;
  /** At least one; as in Azure, it stays. */
  readonly partitions: number;
}

/** Where a hub delivers messages to: partitions, which are read under consumer groups. */
export class EventEndpoint {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly consumerGroups: ConsumerGroups;
  readonly deliveries: Deliveries;

  /** @param deliveries of an earlier endpoint with this name, which go on */
  constructor(
    { name, place, partitions }: EndpointSettings,
    { limits, stamp, state }: Pick<Surroundings, "limits" | "stamp" | "state">,
    deliveries = new Deliveries(),
  ) {
    this.name = name;
    this.deliveries = deliveries;
    this.partitions = Array.from(
      { length: partitions },
      (_, number) => new Partition(`${place}/${number}`),
    );
    const groups = state.table(`${place}/consumer-groups`, groupCodec);
    this.consumerGroups = new ConsumerGroups(limits, stamp(), groups);
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
