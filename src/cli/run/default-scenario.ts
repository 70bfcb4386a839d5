import { dirname, join, relative } from "node:path";

import type { Host } from "../host.ts";

/** `scenarios/thirty-caves.yaml` of this package, as the user would write it. */
export function defaultScenario(host: Pick<Host, "mainFile" | "cwd">): string {
  return near(host, join(dirname(host.mainFile), "../../scenarios/thirty-caves.yaml"));
}

/** A path below the current folder as one would type it; others stay absolute. */
export function near(host: Pick<Host, "cwd">, path: string): string {
  const typed = relative(host.cwd, path);
  return typed === "" || typed.startsWith("..") ? path : typed;
}
