import { sensorFaultKinds } from "../shared/sensor-fault-kinds.ts";
import type { DeviceModel } from "../../src/model/model.ts";
import { readTemplate } from "./template.ts";
import { TemplateDevice } from "./template-device.ts";
import { templateOf } from "./templates-kept.ts";

/** A device without code: what it sends, obeys and answers stands in its settings. */
export const model: DeviceModel = {
  name: "template",
  // That they are mappings by themselves keeps a field of the name `list` from being taken for a distribution.
  defaults: { fields: {}, properties: {}, twin: {}, methods: {} },
  checkSettings: (raw, file) => readTemplate(raw, file).problems,
  files: (settings) => readTemplate(settings).template.files,
  faults: sensorFaultKinds("any"),
  create: (context) => {
    const template = templateOf(context.settings, (name) => context.file(name));
    return new TemplateDevice(template, context);
  },
};
