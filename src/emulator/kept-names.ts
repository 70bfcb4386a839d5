import { z } from "zod";
import { FleetError } from "../base/errors.ts";
import type { Codec, State } from "./state/state.ts";

/** What the services are called; host names in lower case. */
export interface ServiceNames {
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly dpsHost: string;
  readonly hubs: readonly string[];
}

/** What everything that is kept belongs to: the ID scope stays; hubs may come, and none goes. */
export type KeptNames = Pick<ServiceNames, "idScope" | "hubs">;

const namesCodec: Codec<KeptNames> = z.strictObject({
  idScope: z.string(),
  hubs: z.array(z.string()).min(1),
});

const ROW = "emulator";

/**
 * Holds the names that are asked for against those of the state; what is not asked for is as it was.
 *
 * @param wanted hubs in lower case
 * @param first where neither says anything
 * @returns `known`: the hubs that the state has; empty where it is new
 * @throws {FleetError} `USAGE` where another ID scope is asked for, or a hub is missing
 */
export function keptNames(
  state: State,
  wanted: Partial<KeptNames>,
  first: KeptNames,
): KeptNames & { readonly known: readonly string[] } {
  const table = state.table("names", namesCodec);
  const kept = table.get(ROW);
  const idScope = wanted.idScope ?? kept?.idScope ?? first.idScope;
  const hubs = wanted.hubs ?? kept?.hubs ?? first.hubs;
  const known = kept?.hubs ?? [];
  const missing = known.filter((hub) => !hubs.includes(hub));
  const problems = [
    ...(kept !== undefined && kept.idScope !== idScope
      ? [
          {
            place: "idScope",
            message: `expected ${kept.idScope}, that of the kept state, got ${idScope}`,
            hint: "leave it out, or name another folder",
          },
        ]
      : []),
    ...(missing.length > 0
      ? [
          {
            place: "hubs",
            message: `missing, with kept state: ${missing.join(", ")}`,
            hint: `name them too, or leave all hubs out: they are ${known.join(", ")}`,
          },
        ]
      : []),
  ];
  if (problems.length > 0)
    throw new FleetError("USAGE", "the options do not fit what the data folder holds", {
      problems,
    });
  if (kept === undefined || hubs.length > known.length) table.set(ROW, { idScope, hubs });
  return { idScope, hubs, known };
}
