import type { Right } from "../access-policy.ts";

/** A route as it stands in the router. */
export interface KnownRoute {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly url: string;
  /** Empty where no policy opens it. */
  readonly rights: readonly Right[];
}

/** What a host name answers to. */
export interface KnownAt {
  /** Those of the service that has the name. */
  readonly rights: readonly Right[];
  /** Paths below it are under every name, whatever opens them. */
  readonly everywhere: string;
}

/**
 * The verbs that a path has at a service; none where it is not known there.
 *
 * @param url as it was asked for, with or without its query
 */
export function methodsOf(
  routes: readonly KnownRoute[],
  url: string,
  { rights, everywhere }: KnownAt,
): readonly string[] {
  const [path = ""] = url.split("?", 1);
  const isHere = (route: KnownRoute): boolean =>
    route.url.startsWith(`${everywhere}/`) || route.rights.some((right) => rights.includes(right));
  const found = routes.filter((route) => isHere(route) && fits(route.url, path));
  return [...new Set(found.map(({ method }) => method))];
}

/** As the router compares: without case, and with a slash at the end or none. */
function fits(url: string, path: string): boolean {
  const wanted = url.toLowerCase().split("/");
  const given = path.toLowerCase().replace(/\/$/, "").split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith(":") ? given[at] !== "" : part === given[at]))
  );
}
