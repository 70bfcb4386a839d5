import type { ServiceFault } from "../fault.ts";
import type { ClosingReason } from "./closing-reason.ts";
import type { CommandMessage } from "./commands/command-message.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { Job } from "./jobs/job.ts";

/**
 * What happens in a hub beside the end of an operation that a client asked for. Nothing is told for each telemetry
 * message: that is counted where it is done.
 */
export type HubEvent =
  | { readonly type: "deviceConnected"; readonly connection: HubConnection }
  | {
      readonly type: "deviceDisconnected";
      readonly connection: HubConnection;
      /** undefined where it ended in good order */
      readonly reason: ClosingReason | undefined;
    }
  /** No route took a message, and no endpoint has it. */
  | { readonly type: "messageOrphaned"; readonly deviceId: string }
  | CommandEvent
  | {
      /** A device answered a direct method, called by a service or by a job. */
      readonly type: "methodAnswered";
      readonly deviceId: string;
      readonly requestBytes: number;
      readonly responseBytes: number;
      readonly status: number;
    }
  | {
      /** A job has tried one of its devices. */
      readonly type: "jobTriedDevice";
      readonly job: Job;
      readonly deviceId: string;
      readonly fault: ServiceFault | undefined;
    }
  | { readonly type: "jobEnded"; readonly job: Job };

/** A cloud-to-device message is pending no more; a purge is an operation. */
export interface CommandEvent {
  readonly type: "commandCompleted" | "commandExpired" | "commandDeliveredTooOften";
  readonly deviceId: string;
  readonly message: CommandMessage;
  readonly deliveryCount: number;
}

/** Told of what happens, in the turn in which it happens. */
export type TellHubEvent = (event: HubEvent) => void;
