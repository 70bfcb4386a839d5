import { ServiceFault } from "./fault.ts";

/**
 * Hands on what `act` gives, in this turn where it gives it in this turn, or its refusal. Anything else that is thrown
 * is a bug, and ends the process.
 */
export function settle<T>(
  act: () => T | Promise<T>,
  to: { readonly done: (value: T) => void; readonly refused: (fault: ServiceFault) => void },
): void {
  const refused = (error: unknown): void => {
    if (!(error instanceof ServiceFault)) throw error;
    to.refused(error);
  };
  let value: T | Promise<T>;
  try {
    value = act();
  } catch (error) {
    refused(error);
    return;
  }
  if (value instanceof Promise) void value.then(to.done, refused);
  else to.done(value);
}
