import type { DeviceFault } from "../../base/device-fault.ts";
import type { Message } from "../../model/model.ts";
import { padded, withNaN, withWrongType } from "./spoilt-body.ts";

/** A message as it is to go out. */
export interface OutgoingMessage {
  readonly message: Message;
  /** How far the clock is wrong that says when it was made, ms; undefined = nothing says so. */
  readonly skewMs?: number;
  /** How often it is sent, >= 1. */
  readonly copies: number;
  /** How long after it was due it is sent. */
  readonly lateMs: number;
  /** It is not handed over. */
  readonly fails: boolean;
}

/** A fault that acts on messages, and not on the connection or the twin. */
export type MessageFault = Extract<DeviceFault, { readonly messages: number }>;

interface Active {
  readonly fault: MessageFault;
  readonly draw: () => number;
}

/** The message faults of one device that are on, and what they make of its messages. */
export class MessageFaults {
  readonly #on = new Map<string, Active>();

  /** @param draw uniform in [0, 1); once for each message where the fault strikes a part of them */
  begin(id: string, fault: MessageFault, draw: () => number): void {
    this.#on.set(id, { fault, draw });
  }

  end(id: string): void {
    this.#on.delete(id);
  }

  /** What becomes of a message; undefined = it is left out. Faults act in the order in which they began. */
  apply(message: Message): OutgoingMessage | undefined {
    let outgoing: OutgoingMessage | undefined = { message, copies: 1, lateMs: 0, fails: false };
    for (const { fault, draw } of this.#on.values()) {
      // Drawn for each message, whatever other faults do, so that none shifts another.
      const strikes = fault.messages === 1 || draw() < fault.messages;
      if (strikes && outgoing !== undefined) outgoing = struck(outgoing, fault);
    }
    return outgoing;
  }
}

function struck(outgoing: OutgoingMessage, fault: MessageFault): OutgoingMessage | undefined {
  const spoilt = (spoil: (body: string) => string): OutgoingMessage => ({
    ...outgoing,
    message: { ...outgoing.message, body: spoil(outgoing.message.body) },
  });
  switch (fault.kind) {
    case "notANumber":
      return spoilt((body) => withNaN(body, fault.field));
    case "wrongType":
      return spoilt((body) => withWrongType(body, fault.field));
    case "oversizedBody":
      return spoilt((body) => padded(body, fault.size));
    case "clockSkew":
      return { ...outgoing, skewMs: fault.by };
    case "duplicate":
      return { ...outgoing, copies: Math.max(outgoing.copies, fault.times) };
    case "late":
      return { ...outgoing, lateMs: Math.max(outgoing.lateMs, fault.by) };
    case "sendFailure":
      return { ...outgoing, fails: true };
    case "dropout":
      return undefined;
    default:
      return fault satisfies never;
  }
}
