import { CSHARP_PROGRAM, DRAFT_PROGRAM, NODE_PROGRAM } from "../classic-program.ts";
import type { Dialect } from "../../shared/dialect.ts";
import type { DialectKind } from "../dialect.ts";
import { featureMembers } from "../features.ts";
import {
  csharpText,
  csharpText5,
  draftMessage,
  stringText,
  telemetryThenLog,
  unroundedText,
} from "../message.ts";

/**
 * The versions of the Microsoft Learn modules and labs. They send, and nothing else: no method, no use of the twin, no
 * content type.
 */

/** The module's program in C#. */
export const LEARN_CSHARP: DialectKind = {
  program: CSHARP_PROGRAM,
  style: {
    telemetry: csharpText,
    log: csharpText,
    features: featureMembers,
    contentType: "none",
    telemetrySensorID: "VSTel",
    logSensorID: "VSLog",
  },
  write: telemetryThenLog,
  create: sendingOnly,
};

/** The module's program for Node.js: texts, and one `sensorID` for both messages, so that the module's routes match neither. */
export const LEARN_JS: DialectKind = {
  program: NODE_PROGRAM,
  style: {
    telemetry: stringText,
    log: stringText,
    features: featureMembers,
    contentType: "none",
    telemetrySensorID: "VibrationSensorID",
    logSensorID: "VibrationSensorID",
  },
  write: telemetryThenLog,
  create: sendingOnly,
};

/** Labs 7 and 8 of the course AZ-220: telemetry is not rounded. */
export const AZ220: DialectKind = {
  ...LEARN_CSHARP,
  style: { ...LEARN_CSHARP.style, telemetry: unroundedText },
};

/** The module's first version: one message, of five decimals. */
export const DRAFT: DialectKind = {
  program: DRAFT_PROGRAM,
  style: {
    telemetry: csharpText5,
    log: csharpText5,
    features: featureMembers,
    contentType: "none",
    telemetrySensorID: "VS1",
    logSensorID: "VS1",
  },
  write: draftMessage,
  create: sendingOnly,
};

function sendingOnly(): Dialect {
  return {
    methods: {},
    desired: () => undefined,
    settled: () => ({}),
    snapshot: () => ({}),
    restore: () => {},
  };
}
