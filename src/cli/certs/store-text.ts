import { groupedBy } from "../../base/grouped-by.ts";
import { printable } from "../../output/text-width.ts";
import type { StoreSurvey, SurveyedCa } from "../../pki/store-survey.ts";
import type { LeafFinding, SurveyedLeaf } from "../../pki/surveyed-leaf.ts";
import type { CertificateUse } from "../../service/certificate-uses.ts";
import type { UsesOf } from "./enrolled-text.ts";
import { usesText } from "./enrolled-text.ts";
import { countWords, endWords, FINDING_WORDS, KEY_WORDS } from "./show-words.ts";

/** So many leaves of one CA are shown one by one. */
const LEAVES_SHOWN = 8;
/** Of those with one finding, so many are named. */
const NAMED = 5;

/** A store as a tree: the root, the intermediates below it, their leaves. Ends with a line feed. */
export function storeText(survey: StoreSurvey, shownDir: string, usesOf: UsesOf): string {
  const { cas, leaves, verification, problems } = survey;
  const tops = cas.filter((ca) => !cas.some(({ name }) => name === ca.signedBy));
  const strangers = leaves.filter(({ signedBy }) => signedBy === null);
  const lines = [
    ...tops.flatMap((ca) => caLines(ca, survey, usesOf, 0)),
    ...(strangers.length === 0
      ? []
      : ["signed by no CA of this store", ...leafLines(strangers, usesOf, 1)]),
    ...(verification === null
      ? []
      : [
          `verification certificate for ${verification.certificate.commonName ?? "no code"}, ${endWords(verification.certificate)}`,
        ]),
    ...problems.map(({ place, message }) => `${place}: ${message}`),
  ];
  if (lines.length === 0)
    return `${shownDir} holds no certificates; certs root makes a first one\n`;
  return `${lines.map(printable).join("\n")}\n`;
}

function caLines(ca: SurveyedCa, survey: StoreSurvey, usesOf: UsesOf, depth: number): string[] {
  const { name, certificate, key } = ca;
  const facts =
    certificate === null
      ? "no certificate"
      : `${certificate.subject}; ${certificate.keyKind}; ${endWords(certificate)}`;
  const held = inDps(usesOf(certificate?.thumbprints.sha1));
  const below = survey.cas.filter(({ signedBy }) => signedBy === name);
  const leaves = survey.leaves.filter(({ signedBy }) => signedBy === name);
  return [
    `${indent(depth)}${name}: ${facts}; key ${KEY_WORDS[key.state]}${held.map((one) => `; ${one}`).join("")}`,
    ...below.flatMap((each) => caLines(each, survey, usesOf, depth + 1)),
    ...leafLines(leaves, usesOf, depth + 1),
  ];
}

/** Few leaves one by one; of many how many there are, until when they hold, and what is odd about some. */
function leafLines(leaves: readonly SurveyedLeaf[], usesOf: UsesOf, depth: number): string[] {
  if (leaves.length <= LEAVES_SHOWN)
    return leaves.map((leaf) => indent(depth) + leafLine(leaf, usesOf));
  const [first] = leaves;
  const last = leaves.at(-1);
  const facts = leaves.flatMap(({ certificate }) => certificate ?? []);
  const ends = facts.map(({ validTo }) => validTo.slice(0, 10)).toSorted();
  const kinds = [...new Set(facts.map(({ keyKind }) => keyKind))].toSorted();
  const pfx = leaves.filter(({ pfxFile }) => pfxFile !== null).length;
  const enrolled = facts.filter((one) => usesOf(one.thumbprints.sha1).length > 0).length;
  const parts = [
    `${leaves.length} leaves, ${first?.id} to ${last?.id}`,
    ...(kinds.length === 0 ? [] : [kinds.join(", ")]),
    ...(ends.length === 0 ? [] : [`until ${[...new Set([ends[0], ends.at(-1)])].join(" to ")}`]),
    ...(pfx === 0 ? [] : [`${pfx} with PFX`]),
    ...(enrolled === 0 ? [] : [`${enrolled} in DPS`]),
  ];
  return [parts.join("; "), ...oddities(leaves).map((line) => `  ${line}`)].map(
    (line) => indent(depth) + line,
  );
}

/** `!` marks what is worth a look. */
function leafLine({ id, certificate, pfxFile, findings }: SurveyedLeaf, usesOf: UsesOf): string {
  const told = findings.filter((finding) => !isInTheEnd(finding)).map((one) => FINDING_WORDS[one]);
  const parts = [
    certificate === null
      ? pfxFile === null
        ? "not readable"
        : "a PFX alone"
      : `${certificate.keyKind}; ${endWords(certificate)}`,
    ...(certificate !== null && pfxFile !== null ? ["PFX"] : []),
    ...inDps(usesOf(certificate?.thumbprints.sha1)),
    ...(told.length === 0 ? [] : [`! ${told.join(", ")}`]),
  ];
  return `${id}: ${parts.join("; ")}`;
}

/** Whether the end of a certificate's validity says it already. */
const isInTheEnd = (finding: LeafFinding): boolean =>
  ["expired", "expiring", "notYetValid"].includes(finding);

/** A line a finding, with the first few that have it. */
function oddities(leaves: readonly SurveyedLeaf[]): string[] {
  const found = leaves.flatMap(({ id, findings }) => findings.map((finding) => ({ id, finding })));
  return [...groupedBy(found, ({ finding }) => finding)].map(([finding, same]) => {
    const rest = same.length - NAMED;
    const more = rest > 0 ? ` and ${rest} more` : "";
    const named = same.slice(0, NAMED).map(({ id }) => id);
    const count = countWords(same.length, "leaf", "leaves");
    return `! ${FINDING_WORDS[finding]}: ${count}, ${named.join(", ")}${more}`;
  });
}

const indent = (depth: number): string => "  ".repeat(depth);

const inDps = (uses: readonly CertificateUse[]): string[] =>
  uses.length === 0 ? [] : [`in DPS: ${usesText(uses)}`];
