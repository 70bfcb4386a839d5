import { walkCave } from "../classic-walks.ts";
import type { DialectKind } from "../dialect.ts";
import { csharpText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { CsharpDialect } from "./csharp-dialect.ts";

/** The C# sample of Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub". */
export const LEARN_CSHARP: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: csharpText, contentType: "none" },
  create: (context) => new CsharpDialect(context, ["off", "on", "failed"]),
};
