import { Socket } from "node:net";

/** What has leaked. */
const leaked: string[] = [];

/** From now on this process keeps so many bytes of each connection that it opens, for ever. */
export function plantLeak(bytes: number): void {
  // oxlint-disable-next-line typescript/unbound-method -- applied to its own socket below
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function connectAndLeak(this: Socket, ...args: unknown[]): Socket {
    leaked.push(Buffer.alloc(bytes, `${leaked.length} `).toString("latin1"));
    Reflect.apply(connect, this, args);
    return this;
  };
}
