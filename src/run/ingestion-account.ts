import { FleetError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Aggregate } from "../metrics/aggregate.ts";
import type { PlannedDevice } from "../metrics/device-row.ts";
import type { Phase } from "../metrics/phases.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { LedgerResult } from "../output/ledger.ts";
import type { IngestionReader } from "../service/ingestion-reader.ts";
import { DeliveryDelays } from "./delivery-delays.ts";
import { IngestionFollower } from "./ingestion.ts";
import type { IngestedOfDevice } from "./ledger.ts";
import { Ledger } from "./ledger.ts";
import type { RunContext } from "./run-options.ts";

/** How far an earlier account of the same run came. */
export interface IngestedSoFar {
  readonly position: string;
  readonly lost: number;
  readonly devices: readonly IngestedOfDevice[];
}

export interface IngestionAccountOptions {
  readonly reader: IngestionReader;
  readonly devices: readonly PlannedDevice[];
  readonly phases: readonly Phase[];
  /** Time 0 of the run, ms since 1970; undefined before it. */
  readonly timeZeroMs: () => number | undefined;
  readonly console: RunContext["console"];
  readonly log: Logger;
  /** undefined = there is no earlier one. */
  readonly past?: IngestedSoFar | undefined;
  /** Told what is new after each read. */
  readonly onRead?: (read: IngestedSoFar) => void;
}

/** Follows what the hubs of a run ingest, and holds it against what the run's devices told. */
export class IngestionAccount {
  readonly #console: RunContext["console"];
  readonly #ledger: Ledger;
  readonly #delays: DeliveryDelays;
  readonly #follower: IngestionFollower;
  readonly #lostBefore: number;

  private constructor(
    { console, past }: IngestionAccountOptions,
    parts: {
      readonly ledger: Ledger;
      readonly delays: DeliveryDelays;
      readonly follower: IngestionFollower;
    },
  ) {
    this.#console = console;
    this.#lostBefore = past?.lost ?? 0;
    this.#ledger = parts.ledger;
    this.#delays = parts.delays;
    this.#follower = parts.follower;
  }

  /**
   * Opens it at the present end of what was ingested, or where an earlier account came to, and reads on from there.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`
   */
  static async open(
    options: IngestionAccountOptions,
    signal: AbortSignal,
  ): Promise<IngestionAccount> {
    const { reader, devices, phases, timeZeroMs, log, past, onRead } = options;
    const ledger = new Ledger(devices.map(({ registrationId }) => registrationId));
    ledger.restore(past?.devices ?? []);
    const delays = new DeliveryDelays(devices, phases);
    const follower = await IngestionFollower.open(
      {
        reader,
        take: (message) => {
          const zeroMs = timeZeroMs();
          if (ledger.ingest(message) && zeroMs !== undefined) delays.record(message, zeroMs);
        },
        from: past?.position,
        onRead: ({ position, lost }) => {
          const all = lost + (past?.lost ?? 0);
          onRead?.({ position, lost: all, devices: ledger.takeChanged() });
        },
        onFailure: (err) =>
          log.warn({ err }, "what was ingested could not be read, and is read again"),
      },
      signal,
    );
    if (past !== undefined) await follower.read(signal);
    return new IngestionAccount(options, { ledger, delays, follower });
  }

  /** The highest number that was ingested of a device; 0 = nothing was. */
  highestSeq(deviceId: string): number {
    return this.#ledger.highestSeq(deviceId);
  }

  /** Begins to follow; call once. */
  start(): void {
    this.#follower.start();
  }

  /** @throws the bug that ended following, if one has */
  check(): void {
    this.#follower.check();
  }

  /** `telemetry_delay_ms` since the last call. */
  takeDelays(): Snapshot["histograms"] {
    return this.#delays.take();
  }

  /**
   * Reads the rest and closes the account; what keeps it from that is told.
   *
   * @returns null where not everything could be read
   */
  async close(aggregate: Aggregate): Promise<LedgerResult | null> {
    try {
      const lost = (await this.#follower.finish()).lost + this.#lostBefore;
      if (lost === 0) return this.#ledger.close(aggregate.told());
      this.#console.warning(`${lost} ingested messages were gone before they were read: no ledger`);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#console.warning(`no ledger: ${error.message}`);
    }
    return null;
  }

  /** Ends following; safe to call twice. */
  stop(): Promise<void> {
    return this.#follower.stop();
  }
}
