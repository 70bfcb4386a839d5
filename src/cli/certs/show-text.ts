import { printable } from "../../output/text-width.ts";
import type { ChainLink, ShownCertificate } from "../../pki/shown-certificate.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";
import { certificateLines, shownPath } from "./certs-text.ts";
import type { UsesOf } from "./enrolled-text.ts";
import { usesText } from "./enrolled-text.ts";
import { countWords, endWords, FINDING_WORDS, KEY_WORDS } from "./show-words.ts";

type Row = readonly [label: string, text: string];

/** One certificate, where it is used, and its chain. Ends with a line feed. */
export function certificateText(
  shown: ShownCertificate,
  usesOf: UsesOf,
  flags: CertsFlags,
  host: Pick<Host, "cwd">,
): string {
  const path = (file: string): string => shownPath(file, flags, host);
  const [first, ...above] = shown.chain;
  const rows = [...rowsOf(shown, path), ...enrolledRows(shown, usesOf)];
  const lines = [
    titleOf(shown),
    ...(first === undefined
      ? rows.map(([label, text]) => row(label, text))
      : certificateLines(first, [...rows, ["validity", endWords(first)]])),
    ...(above.length === 0 && first?.isSigned !== false ? [] : chainLines(shown.chain)),
  ];
  return `${lines.join("\n")}\n`;
}

function titleOf(shown: ShownCertificate): string {
  switch (shown.kind) {
    case "leaf":
      return printable(`${shown.id}: certificate of a device`);
    case "ca":
      return printable(`${shown.name}: CA`);
    case "file": {
      const [first] = shown.chain;
      const certificates = countWords(shown.chain.length, "certificate", "certificates");
      const what = first === undefined ? "no certificate" : certificates;
      return printable(`${shown.file}: ${shown.format.toUpperCase()}, chain of ${what}`);
    }
    default:
      return shown satisfies never;
  }
}

function rowsOf(shown: ShownCertificate, path: (file: string) => string): Row[] {
  switch (shown.kind) {
    case "leaf":
      return [
        [
          "certificate",
          [shown.certFile, shown.chainFile]
            .flatMap((one) => (one === null ? [] : path(one)))
            .join(", ") || "none",
        ],
        ["key", `${path(shown.key.file)} (${KEY_WORDS[shown.key.state]})`],
        ...(shown.pfxFile === null ? [] : [["PFX", path(shown.pfxFile)] as const]),
        ...(shown.renewal === null ? [] : [["renewal", renewalWords(shown, path)] as const]),
        ...shown.olderFiles.map((file) => ["old one kept", path(file)] as const),
        ...shown.findings
          .filter((finding) => finding !== "renewalPending")
          .map((finding) => ["attention", FINDING_WORDS[finding]] as const),
      ];
    case "ca":
      return [
        ["certificate", path(shown.certFile)],
        ["key", `${path(shown.key.file)} (${KEY_WORDS[shown.key.state]})`],
        ["has signed", signedWords(shown.signedCas, shown.signedLeaves)],
      ];
    case "file":
      return [
        ...shown.keys.map((key) => ["key", `in the file (${KEY_WORDS[key]})`] as const),
        ...(shown.usedBy.length === 0 ? [] : [["device", shown.usedBy.join(", ")] as const]),
      ];
    default:
      return shown satisfies never;
  }
}

/** What in DPS holds it, and what holds already what is to follow it. */
function enrolledRows(shown: ShownCertificate, usesOf: UsesOf): Row[] {
  const renewed = shown.kind === "leaf" ? shown.renewal?.certificate : undefined;
  const uses = [
    ["in DPS", usesOf(shown.chain[0]?.thumbprints.sha1)],
    ["new in DPS", usesOf(renewed?.thumbprints.sha1)],
  ] as const;
  return uses.flatMap(([label, held]): Row[] =>
    held.length === 0 ? [] : [[label, usesText(held)]],
  );
}

function renewalWords(
  { id, renewal }: Extract<ShownCertificate, { kind: "leaf" }>,
  path: (file: string) => string,
): string {
  if (renewal === null) return "none";
  if (renewal.certificate === null) return `begun; go on with: certs renew ${id}`;
  const { certificate, certFile } = renewal;
  return `${path(certFile)}, ${endWords(certificate)}; certs renew ${id} --confirm puts it in place`;
}

const NAMED = 5;

function signedWords(cas: readonly string[], leaves: readonly string[]): string {
  const named = leaves.slice(0, NAMED).join(", ");
  const more = leaves.length > NAMED ? ` and ${leaves.length - NAMED} more` : "";
  const parts = [
    ...(cas.length === 0 ? [] : [`CA ${cas.join(", ")}`]),
    ...(leaves.length === 0
      ? []
      : [`${countWords(leaves.length, "leaf", "leaves")}: ${named}${more}`]),
  ];
  return parts.length === 0 ? "nothing of this store" : parts.join("; ");
}

function chainLines(chain: readonly ChainLink[]): string[] {
  return [
    "chain",
    ...chain.map((link, at) => {
      const name = link.caName === null ? "" : ` (${link.caName})`;
      const broken =
        at < chain.length - 1 ? "the next one did not sign it" : "its signer is missing";
      const end = link.isSigned ? "" : `; ! ${broken}`;
      return printable(`  ${at + 1} ${link.subject}${name}; ${endWords(link)}${end}`);
    }),
  ];
}

const row = (label: string, text: string): string => `  ${label.padEnd(14)}${printable(text)}`;
