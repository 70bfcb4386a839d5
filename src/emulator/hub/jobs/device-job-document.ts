import type { JsonObject } from "../../../base/json.ts";
import { azureDate } from "../../azure-time.ts";
import type { DeviceJob } from "./device-jobs.ts";
import type { Job } from "./job.ts";

/** What a job did on one device, as queries show it (Microsoft Learn, "Queries for IoT Hub jobs"). */
export function deviceJobDocument(job: Job, deviceId: string, state: DeviceJob): JsonObject {
  const { action, jobId } = job.request;
  return {
    deviceId,
    jobId,
    jobType: action.type,
    status: state.status,
    createdDateTimeUtc: azureDate(job.createdMs),
    ...timesOf(state),
    lastUpdatedDateTimeUtc: azureDate(state.updatedMs),
    ...outcomeOf(state),
  };
}

function timesOf(state: DeviceJob): JsonObject {
  const startMs = state.status === "pending" ? undefined : state.startMs;
  return {
    ...(startMs === undefined ? {} : { startTimeUtc: azureDate(startMs) }),
    ...("endMs" in state ? { endTimeUtc: azureDate(state.endMs) } : {}),
  };
}

function outcomeOf(state: DeviceJob): JsonObject {
  switch (state.status) {
    case "pending":
    case "running":
      return {};
    case "completed": {
      const { response } = state;
      return { outcome: { deviceMethodResponse: response === undefined ? null : { ...response } } };
    }
    case "failed":
      return { outcome: {}, error: { code: state.code, description: state.description } };
    default:
      return state satisfies never;
  }
}
