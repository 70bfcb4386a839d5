import type { OperationKind } from "../../base/service-operations.ts";

/** One operation that a client asks for. */
export interface Operation {
  readonly kind: OperationKind;
  /** The device, or the registration id, that it is about; undefined where it is about none or many. */
  readonly deviceId: string | undefined;
  /** Of what it is about in place of a device: an enrollment group, a job. */
  readonly otherId?: string | undefined;
  readonly protocol: "mqtt" | "https";
  /** Of the body that asks. */
  readonly bytes: number;
  /** How many operations it counts as; 1 unless it is a call in bulk. */
  readonly count: number;
  /**
   * Which of the operations it is that count alike: `create`, `update` or `delete` of an identity, the type of a job, that
   * of an enrollment; undefined where there is but one.
   */
  readonly variant?: string | undefined;
  /** IP address of who asks; undefined for a device at its hub, whose connection told it when it was opened. */
  readonly callerAddress?: string | undefined;
}

/** What a device asks for over MQTT. */
export function askedOverMqtt(
  kind: OperationKind,
  deviceId: string,
  bytes: number,
  callerAddress?: string,
): Operation {
  return { kind, deviceId, protocol: "mqtt", bytes, count: 1, variant: undefined, callerAddress };
}
