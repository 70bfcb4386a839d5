import { resolve } from "node:path";

import { confirmRenewals } from "../../pki/confirm-renewal.ts";
import type { CaPassphrase } from "../../pki/ca-signer.ts";
import { renewLeaves } from "../../pki/renew-leaves.ts";
import type { RunContext, RunOptions } from "../run-options.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";

export interface RenewalOptions {
  /** The store, absolute. */
  readonly dir: string;
  readonly now: () => Date;
  /** Of a CA that has to sign. */
  readonly passphraseOf: CaPassphrase;
}

/** Those of a run: in the store that its devices have their files from. */
export const renewalOptions = (
  { certsDir }: Pick<RunOptions, "certsDir">,
  { cwd, now, passphraseOf }: Pick<RunContext, "cwd" | "now" | "passphraseOf">,
): RenewalOptions => ({
  dir: resolve(cwd, certsDir),
  now,
  passphraseOf: passphraseOf ?? (() => Promise.resolve(undefined)),
});

/**
 * Issues new keys and leaves in the run's store and puts them in the place of the old ones, which stay beside. Devices take
 * them as they take all files that change, one by one while they stream; the action ends when the files are there.
 */
export const renewCertificates =
  (options: RenewalOptions): ActionDoer =>
  async ({ devices, signal }: ActionRound): Promise<ActionOutcome> => {
    const { dir, passphraseOf } = options;
    if (devices.length === 0) return { done: 0, errors: [] };
    const given = { dir, ids: devices, now: options.now(), signal };
    await renewLeaves({ ...given, passphraseOf, force: false });
    await confirmRenewals(given);
    return { done: devices.length, errors: [] };
  };
