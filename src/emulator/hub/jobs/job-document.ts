import type { JsonObject } from "../../../base/json.ts";
import { azureDate } from "../../azure-time.ts";
import type { Job, JobAction } from "./job.ts";

/** A job as the service API shows it (swagger: JobResponse). */
export function jobDocument(job: Job): JsonObject {
  const { request, end } = job;
  return {
    jobId: request.jobId,
    queryCondition: request.queryCondition,
    createdTime: azureDate(job.createdMs),
    startTime: azureDate(job.startMs),
    ...(end === undefined ? {} : { endTime: azureDate(end.atMs) }),
    maxExecutionTimeInSeconds: request.maxExecutionTimeS,
    type: request.action.type,
    ...actionDocument(request.action),
    status: job.status,
    ...(end?.outcome.status === "failed" ? { failureReason: end.outcome.failureReason } : {}),
    deviceJobStatistics: { ...job.devices.statistics },
  };
}

function actionDocument(action: JobAction): JsonObject {
  switch (action.type) {
    case "scheduleUpdateTwin": {
      const { tags, desired } = action.patch;
      return {
        updateTwin: {
          etag: action.ifMatch ?? null,
          ...(tags === undefined ? {} : { tags }),
          ...(desired === undefined ? {} : { properties: { desired } }),
        },
      };
    }
    case "scheduleDeviceMethod":
      return {
        cloudToDeviceMethod: {
          methodName: action.call.methodName,
          payload: action.call.payload ?? null,
          responseTimeoutInSeconds: action.call.responseTimeoutS,
          connectTimeoutInSeconds: action.call.connectTimeoutS,
        },
      };
    default:
      return action satisfies never;
  }
}
