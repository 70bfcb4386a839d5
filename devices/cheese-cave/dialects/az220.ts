import { walkLab } from "../classic-walks.ts";
import type { DialectKind } from "../dialect.ts";
import { csharpText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { CsharpDialect } from "./csharp-dialect.ts";

/** The device of AZ-220, labs 15 and 19: the C# sample with two readings a tick, and capitals in the fan's states. */
export const AZ220: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkLab,
  style: { reading: csharpText, contentType: "none" },
  create: (context) => new CsharpDialect(context, ["Off", "On", "Failed"]),
};
