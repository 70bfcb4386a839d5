import { walkCellar } from "../classic-walks.ts";
import type { DialectKind } from "../dialect.ts";
import { stringText } from "../message.ts";
import { WINE_CELLAR } from "../place.ts";
import { JsDialect } from "./js-dialect.ts";

/** The wine cellar in degrees Celsius, of which the Node.js sample of the cheese cave was made. */
export const WINE_CELLAR_DIALECT: DialectKind = {
  place: WINE_CELLAR,
  walk: walkCellar,
  style: { reading: stringText, contentType: "none" },
  create: (context) => new JsDialect(context),
};
