import { z } from "zod";
import type { FaultAction } from "./fault-action.ts";
import { timelineFaultField, toFaultAction } from "./fault-action.ts";
import { textField } from "./fields.ts";
import type { MessageAction } from "./message-action.ts";
import { messageFields, toMessageAction } from "./message-action.ts";
import type { ChurnAction, StartAction, StopAction } from "./presence-actions.ts";
import { presenceFields, toPresenceAction } from "./presence-actions.ts";
import type { ServiceAction } from "./service-actions.ts";
import { serviceFields, toServiceAction } from "./service-actions.ts";
import type { EndFaultAction, ServiceFaultAction } from "./service-fault.ts";
import type { TwinAction } from "./twin-action.ts";
import { toTwinAction, twinActionField } from "./twin-action.ts";

/** A moment that results name. */
export interface MarkAction {
  readonly kind: "mark";
  readonly text: string;
}

/** What one entry of the timeline does. */
export type TimelineAction =
  | TwinAction
  | FaultAction
  | ServiceFaultAction
  | EndFaultAction
  | StopAction
  | StartAction
  | ChurnAction
  | ServiceAction
  | MessageAction
  | MarkAction;

export type ActionKind = TimelineAction["kind"];

const mark = textField(
  "a text of 1 to 200 characters",
  ({ length }) => length >= 1 && length <= 200,
);

/** The members of a timeline entry that are actions; an entry has exactly one of them. */
export const actionFields = {
  twin: twinActionField.optional().meta({ description: "A desired patch, made by the service" }),
  fault: timelineFaultField
    .optional()
    .meta({ description: "A fault of devices, services or networks" }),
  ...presenceFields,
  ...serviceFields,
  ...messageFields,
  mark: mark.optional().meta({ description: "A moment that results and reports name" }),
};

/** The member of an entry that an action is written as. */
export function memberOf(kind: ActionKind): string {
  return kind === "serviceFault" || kind === "endFault" ? "fault" : kind;
}

export const ACTION_NAMES = Object.keys(actionFields);

const actions = z.object(actionFields);

/**
 * The action of a checked entry.
 *
 * @param at when it is due, as the user wrote it @param atMs the same in ms
 */
export function toAction(
  entry: z.output<typeof actions>,
  at: string,
  atMs: number,
): TimelineAction | undefined {
  if (entry.twin !== undefined) return toTwinAction(entry.twin);
  if (entry.fault !== undefined) return toFaultAction(entry.fault, at, atMs);
  const presence = toPresenceAction(entry);
  if (presence !== undefined) return presence;
  const service = toServiceAction(entry);
  if (service !== undefined) return service;
  const message = toMessageAction(entry);
  if (message !== undefined) return message;
  return entry.mark === undefined ? undefined : { kind: "mark", text: entry.mark };
}
