/** What happens in DPS beside the end of an operation that a client asked for. */
export interface DpsEvent {
  readonly type: "registrationEnded";
  readonly registrationId: string;
  readonly status: "assigned" | "failed" | "disabled";
  /** As devices are told it; undefined where the device has none. */
  readonly hub: string | undefined;
}

/** Told of what happens, in the turn in which it happens. */
export type TellDpsEvent = (event: DpsEvent) => void;
