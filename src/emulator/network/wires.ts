import type { WireOptions, WireTarget } from "./wire.ts";
import { Wire } from "./wire.ts";

/** The open MQTT connections of all services, over TLS and WebSocket, from their CONNECT on. */
export class Wires {
  readonly #open = new Set<Wire>();
  #arrived: (wire: Wire) => void = () => {};

  /** Those that are open now, the oldest first. */
  all(): readonly Wire[] {
    return [...this.#open];
  }

  /** Told of each that comes, before its service sees it. One listener; a later one replaces it. */
  onArrival(arrived: (wire: Wire) => void): void {
    this.#arrived = arrived;
  }

  /** A CONNECT has come; it gets to `enter` when the network lets it through. */
  arrive(
    target: WireTarget,
    connection: Pick<WireOptions, "stream" | "socket">,
    enter: () => void,
  ): void {
    const wire = new Wire({ ...target, ...connection });
    this.#open.add(wire);
    connection.socket.once("close", () => this.#open.delete(wire));
    this.#arrived(wire);
    wire.enter(enter);
  }
}
