import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import type { LeafRequest } from "../../pki/issue-leaves.ts";
import type { Host } from "../host.ts";
import { idsOfPattern } from "./id-pattern.ts";

/** Where the ids come from; one of the three is given. */
export interface AskedIds {
  readonly ids: readonly string[];
  readonly pattern?: string | undefined;
  /** A table in CSV. */
  readonly from?: string | undefined;
}

/**
 * The leaves that the command line asks for, in its order, each once.
 *
 * @throws {FleetError} `USAGE` or `FILE_INVALID` with every problem at its place
 */
export async function askedLeaves(
  { ids, pattern, from }: AskedIds,
  { cwd }: Pick<Host, "cwd">,
): Promise<readonly LeafRequest[]> {
  if (from !== undefined) {
    const { readLeafTable } = await import("./leaf-table.ts");
    const rows = await readLeafTable(from, cwd);
    const same = sameIds(rows.map(({ registrationId: id, place }) => ({ id, place })));
    if (same.length === 0) return rows;
    throw new FleetError("FILE_INVALID", `${from} names devices twice`, { problems: same });
  }
  const expanded = pattern === undefined ? ids : idsOfPattern(pattern);
  if ("problem" in expanded) throw wrong([{ place: "--pattern", message: expanded.problem }]);
  const place = pattern === undefined ? "ID" : "--pattern";
  const unique = [...new Set(expanded)];
  const same = sameIds(unique.map((id) => ({ id, place })));
  if (same.length > 0) throw wrong(same);
  return unique.map((registrationId) => ({ registrationId }));
}

/** The ids alone, as {@link askedLeaves}. */
export async function askedIds(
  asked: AskedIds,
  host: Pick<Host, "cwd">,
): Promise<readonly string[]> {
  return (await askedLeaves(asked, host)).map(({ registrationId }) => registrationId);
}

/** Ids that are one, or differ in case only: on many file systems they would share their files. */
function sameIds(asked: readonly { readonly id: string; readonly place: string }[]): Problem[] {
  const first = new Map<string, { readonly id: string; readonly place: string }>();
  return asked.flatMap(({ id, place }) => {
    const known = first.get(id.toLowerCase());
    if (known === undefined) {
      first.set(id.toLowerCase(), { id, place });
      return [];
    }
    const how =
      known.id === id ? "a second time" : `beside "${known.id}", which differs in case only`;
    const where = known.place === place ? "" : ` (${known.place})`;
    return [{ place, message: `expected each device once, got "${id}" ${how}${where}` }];
  });
}

const wrong = (problems: readonly Problem[]): FleetError =>
  new FleetError("USAGE", "the command line is wrong", {
    problems,
    hint: "see --help of this command",
  });
