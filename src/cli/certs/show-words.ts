import type { DatedFacts } from "../../pki/dated-facts.ts";
import type { KeyState, LeafFinding } from "../../pki/surveyed-leaf.ts";

/** What people read of a finding. */
export const FINDING_WORDS: Readonly<Record<LeafFinding, string>> = {
  expired: "expired",
  expiring: "expires soon",
  notYetValid: "not yet valid",
  unreadable: "its certificate cannot be read",
  certificateMissing: "no certificate",
  nameDiffers: "its common name is another",
  keyMissing: "no private key",
  keyForeign: "its key is another certificate's",
  keyUnreadable: "its key cannot be read",
  signerUnknown: "no CA of this store signed it",
  chainMissing: "no full chain",
  chainForeign: "its full chain is another certificate's",
  renewalPending: "a renewed one waits to be confirmed",
};

/** What people read of a key's file. */
export const KEY_WORDS: Readonly<Record<KeyState, string>> = {
  plain: "not encrypted",
  encrypted: "encrypted",
  missing: "not here",
  foreign: "the key of another certificate",
  unreadable: "cannot be read",
};

/** `until 2027-01-31 (364 days left)`, with what is wrong about it first. */
export function endWords({ state, daysLeft, validFrom, validTo }: DatedFacts): string {
  const day = validTo.slice(0, 10);
  switch (state) {
    case "expired":
      return `EXPIRED on ${day} (${daysWords(-daysLeft - 1)} ago)`;
    case "expiring":
      return `EXPIRING on ${day} (${daysWords(daysLeft)} left)`;
    case "notYetValid":
      return `NOT VALID before ${validFrom.slice(0, 10)}, until ${day}`;
    case "valid":
      return `until ${day} (${daysWords(daysLeft)} left)`;
    default:
      return state satisfies never;
  }
}

/** `1 leaf`, `30 leaves`. */
export const countWords = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

const daysWords = (days: number): string => countWords(days, "day", "days");
