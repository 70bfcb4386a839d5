type Method = (...given: readonly unknown[]) => unknown;

/**
 * Puts another method in the place of an object's own or inherited one.
 *
 * @param replacement makes it, from the one that was there
 * @returns puts that back
 */
export function replaceMethod(
  target: object,
  name: string,
  replacement: (original: Method) => Method,
): () => void {
  const found: unknown = Reflect.get(target, name);
  if (typeof found !== "function") throw new TypeError(`no method ${name}`);
  const own = Object.getOwnPropertyDescriptor(target, name);
  const value = replacement((...given) => Reflect.apply(found, target, given));
  Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    // Whoever put something else there in the meantime meant it to stay.
    if (Reflect.get(target, name) !== value) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Reflect.defineProperty(target, name, own);
  };
}
