import { groupedBy } from "../base/grouped-by.ts";
import type { ToldMessages } from "../metrics/aggregate.ts";
import type { SeqRanges } from "../metrics/device-row.ts";
import { SeqSet, common, countOf, without } from "../metrics/seq-ranges.ts";
import type { LedgerResult } from "../output/ledger.ts";
import { byWorst } from "../output/ledger.ts";
import type { IngestedMessage } from "../service/ingestion-reader.ts";
import type { FoundTrouble } from "./device-ledger.ts";
import { DeviceLedgerDraft } from "./device-ledger.ts";

/** What was ingested of one device. */
interface Device {
  /** What was ingested by boot; almost always there is one. */
  readonly lives: { readonly boot: number; readonly seqs: SeqSet }[];
  /** Only where something is. */
  amiss: DeviceLedgerDraft | undefined;
}

/** What was ingested of one device so far. */
export interface IngestedOfDevice {
  readonly id: string;
  readonly lives: readonly { readonly boot: number; readonly seqs: SeqRanges }[];
  readonly amiss: readonly FoundTrouble[];
}

/** A message by its key. */
export type LedgerRecord = Pick<IngestedMessage, "deviceId" | "boot" | "seq">;

/** A life that no worker told of. */
const UNTOLD: Omit<ToldMessages, "deviceId" | "boot"> = { sent: 0, acked: [], failed: [] };

/**
 * Compares what was acknowledged to devices with what was ingested; the key is (device, boot, seq). Numbers are kept as
 * runs: what a device takes here depends on how much is amiss, and not on how much it sends.
 */
export class Ledger {
  readonly #planned: readonly string[];
  readonly #devices = new Map<string, Device>();
  readonly #changed = new Set<string>();

  /** @param deviceIds the run's devices; one that DPS gave another id is known by what it told */
  constructor(deviceIds: Iterable<string>) {
    this.#planned = [...deviceIds];
  }

  /**
   * Takes a message; those of one device in the order in which they were ingested.
   *
   * @returns whether it is numbered as ours are, and came for the first time
   */
  ingest({ deviceId, boot, seq }: LedgerRecord): boolean {
    if (boot === null || seq === null || boot < 1 || seq < 1) return false;
    let device = this.#devices.get(deviceId);
    if (device === undefined) {
      // With its one life at once: an array that grows takes room for many.
      device = { lives: [{ boot, seqs: new SeqSet() }], amiss: undefined };
      this.#devices.set(deviceId, device);
    }
    this.#changed.add(deviceId);
    const seqs = seqsOf(device, boot);
    const { max } = seqs;
    const isNew = seqs.add(seq);
    if (isNew && seq > max) return true;
    device.amiss ??= new DeviceLedgerDraft();
    device.amiss.add(isNew ? "outOfOrder" : "duplicated", boot, [[seq, seq]]);
    return isNew;
  }

  /** Devices of which something was ingested since the last call. */
  takeChanged(): readonly IngestedOfDevice[] {
    const changed = [...this.#changed].flatMap((id): readonly IngestedOfDevice[] => {
      const device = this.#devices.get(id);
      if (device === undefined) return [];
      const lives = device.lives.map(({ boot, seqs }) => ({ boot, seqs: seqs.toRanges() }));
      return [{ id, lives, amiss: device.amiss?.found ?? [] }];
    });
    this.#changed.clear();
    return changed;
  }

  /** Takes up what an earlier account of this run had, before anything else is ingested. */
  restore(devices: Iterable<IngestedOfDevice>): void {
    for (const { id, lives, amiss } of devices) {
      this.#devices.set(id, {
        lives: lives.map(({ boot, seqs }) => ({ boot, seqs: SeqSet.from(seqs) })),
        amiss: amiss.length === 0 ? undefined : DeviceLedgerDraft.restored(amiss),
      });
    }
  }

  /** The highest number that was ingested of a device in any boot; 0 = nothing was. */
  highestSeq(deviceId: string): number {
    const lives = this.#devices.get(deviceId)?.lives ?? [];
    return lives.reduce((highest, { seqs }) => Math.max(highest, seqs.max), 0);
  }

  /**
   * Closes the account; call once.
   *
   * @param told what devices told, each (device, boot) once; messages of other devices are left out
   */
  close(told: Iterable<ToldMessages>): LedgerResult {
    const byDevice = groupedBy(told, ({ deviceId }) => deviceId);
    for (const id of this.#planned) if (!byDevice.has(id)) byDevice.set(id, []);
    const totals = { acked: 0, ingested: 0, missing: 0, unconfirmed: 0 };
    const unconfirmedBy = { unacked: 0, failed: 0, untold: 0 };
    const drafts: (readonly [deviceId: string, draft: DeviceLedgerDraft])[] = [];
    for (const [deviceId, lives] of byDevice) {
      const { lives: ingested, amiss } = this.#devices.get(deviceId) ?? { lives: [] };
      const draft = amiss ?? new DeviceLedgerDraft();
      drafts.push([deviceId, draft]);
      for (const boot of new Set([...lives, ...ingested].map((life) => life.boot))) {
        const saidOf = lives.find((life) => life.boot === boot) ?? UNTOLD;
        const { first = 1, sent, acked, failed } = saidOf;
        const given: SeqRanges = sent === 0 ? [] : [[first, first + sent - 1]];
        const taken = ingested.find((life) => life.boot === boot)?.seqs.toRanges() ?? [];
        const missing = without(acked, taken);
        const unconfirmed = without(taken, acked);
        const open = without(without(given, acked), failed);
        draft.add("missing", boot, missing);
        draft.add("unacked", boot, open);
        draft.add("unconfirmed", boot, unconfirmed);
        totals.acked += countOf(acked);
        totals.ingested += countOf(taken);
        totals.missing += countOf(missing);
        totals.unconfirmed += countOf(unconfirmed);
        unconfirmedBy.unacked += countOf(common(unconfirmed, open));
        unconfirmedBy.failed += countOf(common(unconfirmed, failed));
        unconfirmedBy.untold += countOf(without(unconfirmed, given));
      }
    }
    const devices = drafts.flatMap(([deviceId, draft]) => draft.result(deviceId) ?? []);
    const sum = (trouble: "duplicated" | "outOfOrder"): number =>
      devices.reduce((all, device) => all + device[trouble], 0);
    return {
      ...totals,
      duplicated: sum("duplicated"),
      outOfOrder: sum("outOfOrder"),
      unconfirmedBy,
      devices: devices.toSorted(byWorst),
    };
  }
}

function seqsOf({ lives }: Device, boot: number): SeqSet {
  const [first] = lives;
  if (first?.boot === boot) return first.seqs;
  const known = lives.find((life) => life.boot === boot)?.seqs;
  if (known !== undefined) return known;
  const seqs = new SeqSet();
  lives.push({ boot, seqs });
  return seqs;
}
