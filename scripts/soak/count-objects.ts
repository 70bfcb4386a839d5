import { EventEmitter, getEventListeners } from "node:events";
import { Session } from "node:inspector";
import { z } from "zod";

const reference = z.object({ objectId: z.string() });
const evaluated = z.object({ result: reference });
const queried = z.object({ objects: reference });
const called = z.object({ result: z.object({ value: z.record(z.string(), z.number()) }) });

/** Where `listenersOn` and `abortListeners` find what they need: they run by their text, in the global scope. */
const GIVEN = "soakGiven";
const given = { EventEmitter, AbortSignal, getEventListeners };
declare const soakGiven: typeof given;

/** Counts what it is given as `this`. */
type Count = (this: readonly unknown[]) => Record<string, number>;

/**
 * Every emitter and every abort signal that is alive in this process, by class, and the listeners on them. The
 * inspector finds them on the heap after a collection, so that nothing has to be watched while the program runs.
 */
export function countObjects(): Record<string, number> {
  const session = new Session();
  session.connect();
  Reflect.set(globalThis, GIVEN, given);
  try {
    return {
      ...counted(session, "EventEmitter", listenersOn),
      ...counted(session, "AbortSignal", abortListeners),
    };
  } finally {
    session.post("Runtime.releaseObjectGroup", { objectGroup: GIVEN });
    session.disconnect();
    Reflect.deleteProperty(globalThis, GIVEN);
  }
}

/** What `count` makes of all live objects that have a class's prototype in their chain. */
function counted(session: Session, name: keyof typeof given, count: Count): Record<string, number> {
  const expression = `${GIVEN}.${name}.prototype`;
  const { result } = evaluated.parse(ask(session, "Runtime.evaluate", { expression }));
  const query = { prototypeObjectId: result.objectId };
  const { objects } = queried.parse(ask(session, "Runtime.queryObjects", query));
  const call = { ...objects, functionDeclaration: String(count), returnByValue: true };
  return called.parse(ask(session, "Runtime.callFunctionOn", call)).result.value;
}

/** A session with the own process answers before `post` returns. */
function ask(session: Session, method: string, parameters: object): unknown {
  let answer: unknown;
  session.post(method, { ...parameters, objectGroup: GIVEN }, (failed, answered) => {
    answer = failed ?? answered;
  });
  return answer;
}

function listenersOn(this: readonly unknown[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const emitter of this) {
    if (!(emitter instanceof soakGiven.EventEmitter)) continue;
    // The prototype of a derived class is an emitter too: only what was set up has events of its own.
    if (!Object.hasOwn(emitter, "_events")) continue;
    const { name } = emitter.constructor;
    found[`objects ${name}`] = (found[`objects ${name}`] ?? 0) + 1;
    for (const event of emitter.eventNames()) {
      const key = `listeners ${name} ${String(event)}`;
      found[key] = (found[key] ?? 0) + emitter.listenerCount(event);
    }
  }
  return found;
}

function abortListeners(this: readonly unknown[]): Record<string, number> {
  let listeners = 0;
  for (const signal of this) {
    if (!(signal instanceof soakGiven.AbortSignal)) continue;
    listeners += soakGiven.getEventListeners(signal, "abort").length;
  }
  return { "objects AbortSignal": this.length, "listeners AbortSignal abort": listeners };
}
