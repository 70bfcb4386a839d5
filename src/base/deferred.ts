/** A promise that somebody else settles (`Promise.withResolvers` needs Node 22). */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

const notYet = (): never => {
  throw new Error("a promise's executor runs before its constructor returns");
};

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = notYet;
  let reject: (reason: unknown) => void = notYet;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
