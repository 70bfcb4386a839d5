import type { DeviceFailure } from "../base/failure.ts";
import type { Json, JsonObject, MethodResult } from "../model/model.ts";
import type { TokenKey } from "./identity.ts";
import type { Slots } from "./slots.ts";
import type { TransportOptions } from "./transport.ts";

/** What a connection is made with, and whom it tells. */
export interface HubConnectionOptions {
  readonly hub: string;
  readonly deviceId: string;
  readonly transport: TransportOptions;
  /** undefined = the certificate in the transport's context is the proof. */
  readonly token?: TokenOptions | undefined;
  /** DTMI that a Plug and Play device announces. */
  readonly modelId?: string | undefined;
  /** Limit for one twin request or subscription, ms; the SDK has none. */
  readonly requestTimeoutMs: number;
  /** Whether the connection reads the whole twin as it opens; without that it hears of later changes alone. */
  readonly readsTwin: boolean;
  /** Every patch that the hub pushes, with `$version`, from the moment of the subscription on. */
  readonly onDesired: (patch: JsonObject) => void;
  readonly methods: readonly string[];
  readonly onMethod: (name: string, payload: Json) => MethodResult;
  /** undefined = the device listens to no cloud-to-device messages. */
  readonly onCloudMessage?: ((message: HeardMessage) => void) | undefined;
  /** Once, when the connection ends without having been asked to. */
  readonly onLost: (failure: DeviceFailure) => void;
}

/** A cloud-to-device message, which the SDK has acknowledged by then. */
export interface HeardMessage {
  readonly messageId: string | undefined;
  /** Of its body. */
  readonly bytes: number;
}

/** Tokens in place of a certificate. */
export interface TokenOptions extends TokenKey {
  /** How far the device's clock is ahead as it signs one, ms; negative = behind. */
  readonly skewMs: () => number;
  /** For the handshakes of renewals. */
  readonly slots: Slots;
  /** Resolves when a renewal may connect; rejects when the device ends. */
  readonly attempt: () => Promise<unknown>;
  /** A new token was carried to the hub by a new connection of the same session; what was pushed in between is lost. */
  readonly onRenewed: () => void;
}
