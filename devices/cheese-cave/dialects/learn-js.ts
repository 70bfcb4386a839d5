import { walkCave } from "../classic-walks.ts";
import type { DialectKind } from "../dialect.ts";
import { stringText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { JsDialect } from "./js-dialect.ts";

/** The Node.js sample of Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub". */
export const LEARN_JS: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: stringText, contentType: "none" },
  create: (context) => new JsDialect(context),
};
