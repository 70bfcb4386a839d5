import { groupedBy } from "../../base/grouped-by.ts";
import { printable } from "../../output/text-width.ts";
import type { Judgement } from "./judge-device.ts";
import type { Fault, Link } from "./link.ts";

const SIGNS: Readonly<Record<Link["state"], string>> = { ok: "✓", fail: "✗", open: "?" };
/** So many devices get a picture each; of more, each cause gets one. */
const PICTURES = 3;
const IDS_TOLD = 5;

/** The chain of one device as a small picture, the failing link marked, and the mend. Ends with a line feed. */
export function pictureText({ registrationId, links, fault }: Judgement): string {
  const width = Math.max(...links.map(({ title }) => title.length));
  const lines = [
    `${registrationId}: ${fault === undefined ? "nothing found" : fault.cause}`,
    ...links.map(({ title, text, state }) => `  ${SIGNS[state]} ${title.padEnd(width)}  ${text}`),
    ...faultLines(fault),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

/** Few devices one by one, many by cause: how many, which, and one picture of each cause. Ends with a line feed. */
export function explainText(judgements: readonly Judgement[]): string {
  if (judgements.length <= PICTURES) return judgements.map(pictureText).join("\n");
  const byCause = groupedBy(judgements, ({ fault }) => fault?.cause ?? "nothing found");
  const sections = [...byCause]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([cause, same]) => {
      const head = `${cause}: ${countText(same.length)}: ${idsText(same)}\n`;
      const [first] = same;
      return first?.fault === undefined ? head : `${head}\nfor example ${pictureText(first)}`;
    });
  return sections.join("\n");
}

/** What `--json` prints of one device. */
export function explainJson({ registrationId, links, fault }: Judgement): object {
  return {
    registrationId,
    cause: fault?.cause ?? null,
    message: fault?.message ?? null,
    mend: fault?.mend ?? null,
    links: links.map(({ title, text, state }) => ({ title, text, state })),
  };
}

function faultLines(fault: Fault | undefined): readonly string[] {
  return fault === undefined ? [] : [`  ${fault.message}`, `  mend: ${fault.mend}`];
}

const countText = (count: number): string => (count === 1 ? "1 device" : `${count} devices`);

function idsText(same: readonly Judgement[]): string {
  const told = same.slice(0, IDS_TOLD).map(({ registrationId }) => registrationId);
  const more = same.length - told.length;
  return printable(told.join(", ")) + (more > 0 ? ` and ${more} more` : "");
}
