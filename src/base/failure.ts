/** The classes with which services, or the way to them, keep a device out. */
export const REFUSAL_CLASSES = [
  "unauthorized",
  "notFound",
  "disabled",
  "throttled",
  "timeout",
  "tls",
  "network",
  "protocol",
] as const;

export type RefusalClass = (typeof REFUSAL_CLASSES)[number];

/**
 * What went wrong for one device, as users see it in `errorClass`, counters and thresholds.
 * Classes come from the wire (socket, TLS, CONNACK code, response topic), never from the SDK's error type;
 * `fault` is what a fault of the scenario did, `model` comes from the device's own model.
 */
export const FAILURE_CLASSES = [...REFUSAL_CLASSES, "offline", "model", "fault"] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** A classified failure of one device; `code` and `trackingId` are the service's own, where it gave them. */
export class DeviceFailure extends Error {
  override readonly name = "DeviceFailure";
  readonly failureClass: FailureClass;
  readonly code: string | undefined;
  readonly trackingId: string | undefined;
  /** True where a later attempt can succeed without anybody changing anything. */
  readonly transient: boolean;

  constructor(
    failureClass: FailureClass,
    message: string,
    options: {
      code?: string | undefined;
      trackingId?: string | undefined;
      transient?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.failureClass = failureClass;
    this.code = options.code;
    this.trackingId = options.trackingId;
    this.transient =
      options.transient ??
      ["throttled", "timeout", "network", "offline", "fault"].includes(failureClass);
    letGoOfFrames(this);
  }
}

/**
 * V8 keeps an error's frames, and with them the sockets and clients whose methods ran, until somebody reads its stack.
 * A device remembers its last failure for longer than the connection that it ended.
 */
function letGoOfFrames({ stack, cause }: Error): void {
  if (stack !== undefined && cause instanceof Error) letGoOfFrames(cause);
}
