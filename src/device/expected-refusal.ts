import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceContext } from "./device-context.ts";

/** Whether the scenario expects that services refuse the device in this way. */
export const isExpected = (
  { spec }: Pick<DeviceContext, "spec">,
  { failureClass }: Pick<DeviceFailure, "failureClass">,
): boolean => spec.expectedRefusal === failureClass;
