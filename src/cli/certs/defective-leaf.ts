import { FleetError } from "../../base/errors.ts";
import type { CaPassphrase } from "../../pki/ca-signer.ts";
import { certificateFacts } from "../../pki/certificate-facts.ts";
import type { LeafDefect } from "../../base/leaf-defect.ts";
import { DEFECT_TEXTS } from "../../base/leaf-defect.ts";
import type { LeafRequest } from "../../pki/issue-leaves.ts";
import type { KeyKind } from "../../pki/key-kind.ts";
import type { DefectiveLeaf } from "../../pki/write-defective.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";
import { certsDir, shownPath } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";

type DefectFlags = CertsFlags & {
  readonly defect: LeafDefect;
  readonly key?: KeyKind | undefined;
  readonly days?: number | undefined;
  readonly signer?: string | undefined;
  readonly force: boolean;
};

/**
 * `certs leaf --defect`: leaves that services must refuse, one reason each.
 *
 * @throws {FleetError} `USAGE` where a table says more than ids; what `writeDefectiveLeaves` throws
 */
export async function issueDefective(
  flags: DefectFlags,
  leaves: readonly LeafRequest[],
  passphraseOf: CaPassphrase,
  host: Host,
): Promise<void> {
  const { defect, key, days, signer, force } = flags;
  if (leaves.some((leaf) => leaf.keyKind ?? leaf.days ?? leaf.signer)) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: [{ place: "--from", message: "expected registration ids alone beside --defect" }],
      hint: "leave the columns keyKind, days and signer out",
    });
  }
  const { writeDefectiveLeaves } = await import("../../pki/write-defective.ts");
  const written = await withProgress(host, "issuing defective certificates", (work) =>
    writeDefectiveLeaves({
      ...work,
      dir: certsDir(flags, host),
      defect,
      registrationIds: leaves.map(({ registrationId }) => registrationId),
      signer,
      keyKind: key,
      days,
      force,
      now: host.now(),
      passphraseOf,
    }),
  );
  host.stdout.write(
    flags.json
      ? `${JSON.stringify(written.map(defectiveValue))}\n`
      : written.map((leaf) => defectiveLine(leaf, flags, host)).join(""),
  );
  host.stderr.write(`bad on purpose (${defect}): ${DEFECT_TEXTS[defect]}\n`);
}

/** As `--json` has good ones, with the defect. */
const defectiveValue = ({ id, defect, certificate, ...files }: DefectiveLeaf): object => ({
  id,
  done: "issued",
  defect,
  files: { certificate: files.certFile, fullChain: files.chainFile, key: files.keyFile },
  ...certificateFacts(certificate),
});

const defectiveLine = (
  { id, defect, chainFile }: DefectiveLeaf,
  flags: CertsFlags,
  host: Pick<Host, "cwd">,
): string => `${id}: issued with the defect ${defect}: ${shownPath(chainFile, flags, host)}\n`;
