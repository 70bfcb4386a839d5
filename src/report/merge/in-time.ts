/**
 * Joins streams of events into one by their time. Each keeps its own order: where its time goes back, it stays behind
 * what stood before it.
 *
 * @returns each event with the number of its stream; `undefined` in its place where the stream has ended
 */
export async function* inTime<Event extends { readonly t: number }>(
  streams: readonly AsyncIterable<Event>[],
): AsyncGenerator<{ readonly event: Event | undefined; readonly stream: number }> {
  const open = streams.map((stream, at) => ({ at, iterator: stream[Symbol.asyncIterator]() }));
  const heads = new Map<number, Event>();
  try {
    for (const { at, iterator } of open) {
      const { value, done } = await iterator.next();
      if (done === true) yield { event: undefined, stream: at };
      else heads.set(at, value);
    }
    for (;;) {
      const earliest = earliestOf(heads);
      if (earliest === undefined) return;
      const [stream, event] = earliest;
      yield { event, stream };
      const next = await open[stream]?.iterator.next();
      if (next === undefined || next.done === true) {
        heads.delete(stream);
        yield { event: undefined, stream };
      } else {
        heads.set(stream, next.value);
      }
    }
  } finally {
    for (const { iterator } of open) await iterator.return?.();
  }
}

/** Of equal times that of the first stream. */
function earliestOf<Event extends { readonly t: number }>(
  heads: ReadonlyMap<number, Event>,
): readonly [stream: number, event: Event] | undefined {
  let found: readonly [number, Event] | undefined;
  for (const [stream, event] of heads) {
    const isEarlier =
      found === undefined || event.t < found[1].t || (event.t === found[1].t && stream < found[0]);
    if (isEarlier) found = [stream, event];
  }
  return found;
}
