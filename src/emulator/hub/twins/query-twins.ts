import type { JsonObject } from "../../../base/json.ts";
import { ServiceFault } from "../../fault.ts";
import { QueryError } from "../../query/query-error.ts";
import type { KeyedRow } from "../../query/run-twin-query.ts";
import { runTwinQuery, selectTwin } from "../../query/run-twin-query.ts";
import type { TwinQuery } from "../../query/twin-query.ts";
import { parseTwinQuery } from "../../query/twin-query.ts";
import type { DeviceRecord } from "../registry/device-store.ts";
import { twinDocument } from "../documents.ts";
import type { IotHub } from "../hub.ts";
import { deviceJobDocument } from "../jobs/device-job-document.ts";

/** @throws {ServiceFault} `badRequest` that names the place of the mistake */
export function readTwinQuery(hub: IotHub, text: string): TwinQuery {
  const { queryMaxLength } = hub.around.limits;
  if (text.length > queryMaxLength)
    throw new ServiceFault("badRequest", `query: longer than ${queryMaxLength} characters.`);
  try {
    return parseTwinQuery(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new ServiceFault("badRequest", `query: ${error.message}.`);
  }
}

/** What the query gives of one device; undefined where its condition does not hold. */
export function queryTwin(
  hub: IotHub,
  query: TwinQuery,
  record: DeviceRecord,
): JsonObject | undefined {
  return selectTwin(query, twinDocument(hub, record));
}

/** All that the query gives, in the order of the keys: device ids, those with job ids, or groups. */
export function queryTwins(hub: IotHub, query: TwinQuery): readonly KeyedRow[] {
  return runTwinQuery(query, query.collection === "devices" ? twinsOf(hub) : jobsOf(hub));
}

type Documents = Parameters<typeof runTwinQuery>[1];

function twinsOf(hub: IotHub): Documents {
  return [...hub.devices.all()].map((record) => ({
    key: record.deviceId,
    twin: twinDocument(hub, record),
  }));
}

/** Jobs stay with the devices that they were run on, those that are gone too. */
function jobsOf(hub: IotHub): Documents {
  return hub.jobs.all().flatMap((job) =>
    [...job.devices.all()].map(([deviceId, state]) => ({
      key: `${deviceId} ${job.request.jobId}`,
      twin: deviceJobDocument(job, deviceId, state),
    })),
  );
}
