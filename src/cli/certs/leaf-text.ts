import { certificateFacts } from "../../pki/certificate-facts.ts";
import type { LeafOutcome } from "../../pki/issue-leaves.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";
import { certificateLines, shownPath } from "./certs-text.ts";

/** More devices than this are counted, not told one by one. */
const TOLD_MAX = 10;

const DONE = {
  issued: "issued",
  reissued: "issued anew, the old files are kept beside",
  kept: "is there already, and good",
} as const;

const factsOf = ({ certificate }: LeafOutcome) => certificateFacts(certificate());

/** What `--json` prints: all leaves in the order of the command line. */
export const leavesValue = (outcomes: readonly LeafOutcome[]) =>
  outcomes.map((outcome) => ({
    id: outcome.id,
    done: outcome.done,
    files: {
      certificate: outcome.certFile,
      fullChain: outcome.chainFile,
      key: outcome.keyFile,
    },
    ...factsOf(outcome),
  }));

/** What people read. */
export function leavesText(
  outcomes: readonly LeafOutcome[],
  flags: CertsFlags,
  host: Pick<Host, "cwd">,
): string {
  const shown = (file: string): string => shownPath(file, flags, host);
  const one = (outcome: LeafOutcome): readonly string[] => [
    `${outcome.id}: ${DONE[outcome.done]}`,
    ...certificateLines(factsOf(outcome), [
      ["certificate", shown(outcome.certFile)],
      ["full chain", shown(outcome.chainFile)],
      ["key", shown(outcome.keyFile)],
    ]),
  ];
  if (outcomes.length === 1) return `${outcomes.flatMap(one).join("\n")}\n`;
  const told = outcomes.length > TOLD_MAX ? [] : outcomes;
  const lines = told.map(({ id, done, chainFile }) => `${id}: ${DONE[done]}: ${shown(chainFile)}`);
  return `${[...lines, countsText(outcomes, flags.certs)].join("\n")}\n`;
}

function countsText(outcomes: readonly LeafOutcome[], dir: string): string {
  const count = (done: LeafOutcome["done"]): number =>
    outcomes.filter((outcome) => outcome.done === done).length;
  return `in ${dir}: ${count("issued")} issued, ${count("reissued")} issued anew, ${count("kept")} were there`;
}
