/** Without the members that are undefined: what is spread over defaults must not take them away. */
export function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> };
export function defined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
