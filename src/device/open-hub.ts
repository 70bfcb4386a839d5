import type { ModelDevice } from "../model/model.ts";
import { orAborted } from "../base/or-aborted.ts";
import { attempt } from "./attempt.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceFaults } from "./faults/device-faults.ts";
import { HubConnection } from "./hub-connection.ts";
import type { HubConnectionOptions } from "./hub-connection-options.ts";
import type { Passport } from "./passport.ts";
import type { DeviceTwin } from "./twin.ts";

/** A connection that is open, and what it read. */
export type OpenedHub = Awaited<ReturnType<typeof HubConnection.open>>;

/**
 * Opens a connection of a device to the hub of its passport, in its turn: with a slot, and within the fleet's limit on
 * attempts.
 *
 * @throws {DeviceFailure} classified from the wire; the signal's reason when aborted
 */
export async function openHub(
  given: Pick<HubConnectionOptions, "onCloudMessage" | "onLost"> & {
    readonly context: DeviceContext;
    readonly passport: Passport;
    readonly model: ModelDevice;
    readonly twin: DeviceTwin;
    readonly faults: Pick<DeviceFaults, "clockSkewMs">;
    /** A new token was carried to the hub. */
    readonly onRenewed: () => void;
  },
  signal: AbortSignal,
): Promise<OpenedHub> {
  const { context, passport, model, twin, faults, onCloudMessage, onRenewed, onLost } = given;
  const { identity, assignment, sessions } = passport;
  const { secureContext, tokenKey } = identity;
  const { hub, deviceId } = assignment;
  const { clock, limits, way, slots } = context;
  const { connectTimeoutMs, requestTimeoutMs } = limits;
  const inTurn = (): Promise<unknown> => attempt(context, "hub", signal);
  const opening = slots(async () => {
    await inTurn();
    return await HubConnection.open(
      {
        hub,
        deviceId,
        transport: { secureContext, way, connectTimeoutMs, sessions, clock },
        token: tokenKey && {
          ...tokenKey,
          skewMs: () => faults.clockSkewMs,
          slots,
          attempt: inTurn,
          onRenewed,
        },
        modelId: model.modelId,
        requestTimeoutMs,
        readsTwin: twin.readsNext,
        methods: Object.keys(model.methods),
        onDesired: (patch) => twin.pushed(patch),
        onMethod: (name, payload) => twin.method(name, payload),
        onCloudMessage,
        onLost,
      },
      signal,
    );
  });
  // Who is stopped does not wait for a slot; the work ends by the same signal when it gets one.
  return orAborted(opening, signal);
}
