import type { PlannedDevice } from "../metrics/device-row.ts";
import type { PreparedRun } from "./prepare.ts";

/** The devices of a plan, each with the name that its model gives itself: results show no paths of this machine. */
export function plannedDevices({
  plan,
  models,
}: Pick<PreparedRun, "plan" | "models">): readonly PlannedDevice[] {
  return plan.devices.map(({ registrationId, model, expectedRefusal }) => ({
    registrationId,
    model: models.get(model)?.name ?? model,
    ...(expectedRefusal === undefined ? {} : { expectedRefusal }),
  }));
}
