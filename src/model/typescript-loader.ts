import type { Jiti } from "jiti";

let loader: Promise<Jiti> | undefined;

/**
 * What transpiles modules in this process, and resolves names as `import` does; made once, when it is first asked for.
 * It writes nothing: what it transpiled is kept in memory alone.
 */
export function typeScriptLoader(): Promise<Jiti> {
  loader ??= import("jiti").then(({ createJiti }) =>
    createJiti(import.meta.url, { fsCache: false, interopDefault: false }),
  );
  return loader;
}
