import { unknownEntry } from "../shared/mapping.ts";

/** Why a name that settings use is no desired property. @param which such as `that holds a number` */
export function unknownProperty(name: string, known: Iterable<string>, which = ""): string {
  const noun = ["desired property", which].filter((part) => part !== "").join(" ");
  return `"${name}": ${unknownEntry(name, known, noun)}`;
}
