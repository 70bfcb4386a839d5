/** What `make` gives for each member of `record`, under its name. */
export function eachOf<K extends string, D, R>(
  record: Readonly<Record<K, D>>,
  make: (member: D) => R,
): Record<K, R> {
  const members = Object.entries<D>(record);
  const made = Object.fromEntries(members.map(([name, member]) => [name, make(member)]));
  if (!hasNamesOf(record, made)) throw new TypeError("a member was lost");
  return made;
}

function hasNamesOf<K extends string, R>(
  record: Readonly<Record<K, unknown>>,
  made: Record<string, R>,
): made is Record<K, R> {
  return Object.keys(record).every((name) => Object.hasOwn(made, name));
}
