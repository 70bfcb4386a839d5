import type { Client } from "aedes";
import type { ServiceFault } from "./fault.ts";

/** Why an MQTT connection ended, as far as the broker knows. */
export type ConnectionEnd =
  /** The client said DISCONNECT. */
  | { readonly kind: "disconnected" }
  /** It went without a word: its process or its network, or the service closed it for a reason of its own. */
  | { readonly kind: "lost" }
  /** Nothing came for one and a half times its keepalive. */
  | { readonly kind: "silent" }
  /** It sent what the protocol, or the service's topics, do not allow. */
  | { readonly kind: "notAllowed" }
  /** The service refused a message. */
  | { readonly kind: "refused"; readonly fault: ServiceFault }
  /** The service stops. */
  | { readonly kind: "stopped" };

/** Why the connections of a broker end; of several reasons the first counts. */
export class ConnectionEnds {
  readonly #known = new WeakMap<Client, ConnectionEnd>();
  #isStopping = false;

  note(client: Client | null, end: ConnectionEnd): void {
    if (client !== null && !this.#known.has(client)) this.#known.set(client, end);
  }

  /** From now on it is the service that ends them. */
  stop(): void {
    this.#isStopping = true;
  }

  of(client: Client): ConnectionEnd {
    const known = this.#known.get(client);
    if (known !== undefined) return known;
    if (this.#isStopping) return { kind: "stopped" };
    // Set by a DISCONNECT; aedes 1.2 tells it by no other member.
    return { kind: Reflect.get(client, "_disconnected") === true ? "disconnected" : "lost" };
  }
}
