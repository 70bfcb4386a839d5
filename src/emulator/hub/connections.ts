import { EventEmitter, once } from "node:events";
import { z } from "zod";
import { azureDate } from "../azure-time.ts";
import type { ConnectionEnd } from "../connection-end.ts";
import type { Codec, Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import { CLOSING_REASONS, closingReasonOf } from "./closing-reason.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { TellHubEvent } from "./hub-event.ts";

const NEVER = "0001-01-01T00:00:00Z";

/** What the hub knows of a device's connection. */
export interface ConnectionState {
  readonly connected: boolean;
  readonly changedTime: string;
  readonly lastActivityTime: string;
}

/** What is remembered of the last connection of a device, in ms since 1970. */
interface PastConnection {
  readonly changedMs: number;
  readonly lastActivityMs: number;
}

const pastCodec: Codec<PastConnection> = z.strictObject({
  changedMs: z.number(),
  lastActivityMs: z.number(),
});

/** The live connections of a hub, and what it remembers of those that are gone. */
export class Connections {
  readonly #around: Surroundings;
  readonly #tell: TellHubEvent;
  readonly #live = new Map<string, HubConnection>();
  readonly #past: Table<PastConnection>;
  /** Emits a device id each time that device connects or subscribes. */
  readonly #ready = new EventEmitter();

  /** @param place where they are kept, such as `hubs/my-hub.azure-devices.net` */
  constructor(around: Surroundings, tell: TellHubEvent, place: string) {
    this.#around = around;
    this.#past = around.state.table(`${place}/connections`, pastCodec);
    this.#tell = tell;
    this.#ready.setMaxListeners(0);
  }

  get count(): number {
    return this.#live.size;
  }

  find(deviceId: string): HubConnection | undefined {
    return this.#live.get(deviceId);
  }

  opened(connection: HubConnection): void {
    this.#live.set(connection.deviceId, connection);
    this.#note(connection);
    this.#tell({ type: "deviceConnected", connection });
    this.announce(connection.deviceId);
    connection.closeAtExpiry({
      clock: this.#around.clock,
      onExpired: () => (connection.closing ??= CLOSING_REASONS.expired),
    });
  }

  /** @returns false for an older connection that a newer one has replaced: it changes nothing any more */
  closed(connection: HubConnection, end: ConnectionEnd): boolean {
    connection.forgetExpiry();
    const reason = connection.closing ?? closingReasonOf(end);
    this.#tell({ type: "deviceDisconnected", connection, reason });
    if (this.#live.get(connection.deviceId) !== connection) return false;
    this.#live.delete(connection.deviceId);
    this.#note(connection);
    return true;
  }

  /** Of a deleted identity; its connection, which may stay for a while, is nobody's then. */
  forget(deviceId: string): void {
    this.#live.delete(deviceId);
    this.#past.delete(deviceId);
  }

  /** Closes the connection of an identity that has lost its right to it. */
  closeLater(deviceId: string): void {
    const connection = this.#live.get(deviceId);
    if (connection === undefined) return;
    const delayMs = this.#around.limits.identityCloseDelayMs;
    const close = (): void => {
      connection.closing ??= CLOSING_REASONS.revoked;
      connection.close();
    };
    if (delayMs === 0) close();
    else setTimeout(close, delayMs).unref();
  }

  /** A device has come again: its older connection is closed, if there is one. */
  replaced(deviceId: string): void {
    const older = this.#live.get(deviceId);
    if (older !== undefined) older.closing ??= CLOSING_REASONS.replaced;
  }

  announce(deviceId: string): void {
    this.#ready.emit(`device ${deviceId}`);
  }

  state(deviceId: string): ConnectionState {
    const live = this.#live.get(deviceId);
    const past = this.#past.get(deviceId);
    const lastActivityMs = live?.lastActivityMs ?? past?.lastActivityMs;
    return {
      connected: live !== undefined,
      changedTime: past === undefined ? NEVER : azureDate(past.changedMs),
      lastActivityTime: lastActivityMs === undefined ? NEVER : azureDate(lastActivityMs),
    };
  }

  /** The device's connection with `filter` subscribed, waiting for it up to `timeoutMs`; undefined if it does not come. */
  async listening(
    deviceId: string,
    filter: string,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<HubConnection | undefined> {
    const limit = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    for (;;) {
      const connection = this.#live.get(deviceId);
      if (connection?.listensTo(filter) === true) return connection;
      if (options.timeoutMs === 0 || limit.aborted) return undefined;
      try {
        await once(this.#ready, `device ${deviceId}`, { signal: limit });
      } catch {
        // The time is over, or the caller is gone; the loop looks a last time.
      }
    }
  }

  #note(connection: HubConnection): void {
    this.#past.set(connection.deviceId, {
      changedMs: this.#around.stamp(),
      lastActivityMs: connection.lastActivityMs,
    });
  }
}
