/**
 * One message that a hub ingested, as the ledger needs it. Names in brackets are those under which Azure's Event
 * Hub-compatible endpoint tells the same (Microsoft Learn, "Create and read IoT Hub messages").
 */
export interface IngestedMessage {
  /** Host name of the hub. */
  readonly hub: string;
  /** Who sent it, by the connection that it came over (`iothub-connection-device-id`). */
  readonly deviceId: string;
  /** Application property `boot`; null where the message has none that is a number: it is not one of ours. */
  readonly boot: number | null;
  /** Application property `seq`; null as above. */
  readonly seq: number | null;
  /** When the hub took it, ms since 1970 by the hub's clock (`iothub-enqueuedtime`). */
  readonly enqueuedMs: number;
  /** When it was made, ms since 1970 by the device's clock (`iothub-creation-time-utc`); null where it does not say. */
  readonly createdMs: number | null;
}

/** Opens readings of what a target's hubs ingest. */
export interface IngestionReader {
  /**
   * A reading that begins at the present end of all there is: what was ingested before does not count. With `from`, the
   * position of another reading, it goes on where that stood.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`, also where `from` is beyond the end: its source has begun anew
   */
  open(signal?: AbortSignal, from?: string): Promise<IngestionReading>;
}

/**
 * One reading of what the hubs ingest, from its begin on. Where it stands (offsets of partitions, sequence numbers) is
 * its own affair. What every implementation promises:
 *
 * - Whole: a `read` hands over everything that a hub acknowledged to a device before the call. Where it takes a while
 *   until that can be read, the reading waits for it.
 * - Once: what the source delivers again, as Event Hubs may after a broken link, is left out by its number in its
 *   partition. A message that comes twice was ingested twice.
 * - In order for each device: a device's messages all lie in one partition, in the order in which its hub took them.
 *   Between devices there is no order.
 * - Honest: messages that were dropped before they were read, because the source keeps them only so long, are `lost`.
 *
 * Messages of devices that are not the run's, and of other senders, are among them.
 */
export interface IngestionReading {
  /**
   * Hands over what is new since the last one. A call that fails has taken what was handed over: the next goes on
   * behind it.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`; whatever `take` throws
   */
  read(take: (message: IngestedMessage) => void, signal?: AbortSignal): Promise<void>;
  /** Where it stands, for `open` to go on from; means something to its source alone. */
  readonly position: string;
  /** Messages so far, whoever's, that were gone before they could be read. */
  readonly lost: number;
  /** Ends it; safe to call twice. */
  close(): Promise<void>;
}
