import type { DeviceFailure } from "../base/failure.ts";
import type { JsonObject, ModelEvent } from "../model/model.ts";
import type { DeviceContext } from "./device-context.ts";
import { GuardedDevice } from "./guarded-device.ts";

/**
 * The device's model as it is after a boot, with the plan's settings and the device's streams from their beginning; what
 * it tells becomes events.
 *
 * @param told `report` takes patches from the constructor on; `onBroken` as that of `GuardedDevice`
 */
export function bootModel(
  context: DeviceContext,
  told: {
    readonly report: (patch: JsonObject) => void;
    readonly onBroken: (failure: DeviceFailure) => void;
  },
): GuardedDevice {
  const { spec, model, random, files, modelTime } = context;
  const { recorder, clock, log } = context;
  const deviceId = spec.registrationId;
  const tell = ({ name, text, level = "info", data }: ModelEvent): void => {
    log.debug({ event: name, ...data }, text);
    recorder.event({ type: "model", t: clock(), deviceId, name, level, text, data });
  };
  const settings = { ...model.defaults, ...spec.settings };
  return new GuardedDevice(
    model,
    { deviceId, settings, random, file: files, report: told.report, tell },
    { onBroken: told.onBroken, time: modelTime },
  );
}
