import { FleetError } from "../base/errors.ts";
import type { CaPassphrase } from "../pki/ca-signer.ts";
import type { PromptTerminal } from "../secrets/prompt.ts";
import type { Host } from "./host.ts";
import { promptTerminal } from "./prompt-terminal.ts";
import { givenPassphrase, givenSignerPassphrase } from "./secret-flags.ts";

/** Environment variable that holds the passphrase of the CAs' keys where no option names one. */
const VARIABLE = "DPS_FLEET_CA_PASSPHRASE";
/** OpenSSL reads no more. */
const OCTETS_MAX = 1024;
/** So often a person may try. */
const TRIES = 3;

/** What the command line names. */
export type CaPassphraseFlags = Parameters<typeof givenPassphrase>[0] &
  Parameters<typeof givenSignerPassphrase>[0];

/** Where the passphrases of a command come from. */
export interface Passphrases {
  /** What was given for a key; undefined = nothing. */
  readonly given: string | undefined;
  /** Of a key that is there: what was given, if it opens the key; else a person is asked, where there is one. */
  readonly passphraseOf: CaPassphrase;
  /** Of a new key for which none was given: a person is asked; undefined = not encrypted, which is warned of. */
  readonly newPassphrase: (keyFile: string) => Promise<string | undefined>;
}

/**
 * Reads what the options name.
 *
 * @throws {FleetError} `USAGE` if both are given for one key; `FILE_INVALID` if what is named cannot be read
 */
export async function passphrasesFrom(
  flags: CaPassphraseFlags,
  host: Pick<Host, "env" | "cwd" | "stdin" | "stderr">,
): Promise<Passphrases> {
  const named = checked(await givenPassphrase(flags, host), "the passphrase");
  const given = named ?? checked(host.env[VARIABLE], VARIABLE);
  const signers = await givenSignerPassphrase(flags, host);
  const signer = checked(signers, "the signer's passphrase") ?? given;
  const terminal = promptTerminal(host);
  const asked = new Map<string, Promise<string | undefined>>();
  return {
    given,
    passphraseOf: async (ca) => {
      if (signer !== undefined && (terminal === undefined || ca.opens(signer))) return signer;
      return terminal === undefined ? undefined : askFor(ca, terminal);
    },
    newPassphrase: (keyFile) => {
      const answer = asked.get(keyFile) ?? askForNew(keyFile, terminal, host);
      asked.set(keyFile, answer);
      return answer;
    },
  };
}

async function askFor(
  { name: whose, keyFile, opens }: Parameters<CaPassphrase>[0],
  terminal: PromptTerminal,
): Promise<string> {
  const { askSecret } = await import("../secrets/prompt.ts");
  for (let left = TRIES; ; left -= 1) {
    const passphrase = await askSecret(`Passphrase of ${whose} (${keyFile}):`, terminal);
    if (left === 1 || opens(passphrase)) return passphrase;
    terminal.output.write("that is not its passphrase\n");
  }
}

async function askForNew(
  keyFile: string,
  terminal: PromptTerminal | undefined,
  host: Pick<Host, "stderr">,
): Promise<string | undefined> {
  const { askNewSecret } = await import("../secrets/prompt.ts");
  const question = `New passphrase for ${keyFile} (empty = not encrypted):`;
  const passphrase = terminal === undefined ? undefined : await askNewSecret(question, terminal);
  if (passphrase !== undefined) return checked(passphrase, "the passphrase");
  host.stderr.write(
    `warning: ${keyFile} is not encrypted; --passphrase-file or --passphrase-env encrypts it\n`,
  );
  return undefined;
}

function checked(passphrase: string | undefined, place: string): string | undefined {
  const octets = Buffer.byteLength(passphrase ?? "");
  if (passphrase === undefined || (octets >= 1 && octets <= OCTETS_MAX)) return passphrase;
  const message = `expected 1 to ${OCTETS_MAX} octets, got ${octets}`;
  throw new FleetError("FILE_INVALID", `${place}: ${message}`, {
    problems: [{ place, message }],
  });
}
