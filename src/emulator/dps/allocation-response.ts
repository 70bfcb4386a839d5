import { z } from "zod";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import { requireInitialTwin } from "../hub/twins/twin.ts";
import { parseJson } from "../parse-json.ts";
import type { Allocation } from "./custom-allocation.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");

/** Members that nobody knows are the webhook's own. */
const schema = z.object({
  iotHubHostName: z.string().nullish(),
  initialTwin: z
    .object({
      tags: jsonObject.nullish(),
      properties: z.object({ desired: jsonObject.nullish() }).nullish(),
    })
    .nullish(),
  payload: z.custom<Json>(() => true).optional(),
});

/**
 * Reads what a webhook answered with 200; its members may be written in any case, as in Microsoft's own page.
 * Source: Microsoft Learn, "Understand custom allocation policies with Azure IoT Hub Device Provisioning Service",
 * AllocationResponse.
 *
 * @param text undefined = too large
 * @throws {ServiceFault} `noHubSpecified` where it names no hub; `customAllocationFailed` where it cannot be read, names
 *   a hub that it was not given, or has a twin that breaks a rule (`?`)
 */
export function parseAllocationResponse(
  text: string | undefined,
  context: { readonly linkedHubs: readonly string[]; readonly limits: EmulatorLimits },
): Allocation {
  if (text === undefined) throw unfit("it is too large");
  const parsed = schema.safeParse(objectOf(text));
  if (!parsed.success)
    throw unfit(parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; "));
  const { iotHubHostName, initialTwin, payload } = parsed.data;
  if (iotHubHostName === undefined || iotHubHostName === null || iotHubHostName === "")
    throw new ServiceFault("noHubSpecified", "Custom allocation specified no IoT hub.");
  const hostName = iotHubHostName.toLowerCase();
  if (!context.linkedHubs.includes(hostName))
    throw unfit(`${iotHubHostName} is none of the hubs that it was given`);
  return {
    hostName,
    initialTwin: initialTwin ? twinOf(initialTwin, context.limits) : undefined,
    payload: payload ?? undefined,
  };
}

function objectOf(text: string): JsonObject {
  let value: unknown;
  try {
    // An empty answer names no hub.
    value = text.trim() === "" ? {} : parseJson(text);
  } catch {
    throw unfit("it is no JSON");
  }
  if (!isJsonObject(value)) throw unfit("it is no JSON object");
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [MEMBERS.get(name.toLowerCase()) ?? name, one]),
  );
}

const MEMBERS = new Map(Object.keys(schema.shape).map((name) => [name.toLowerCase(), name]));

function twinOf(
  { tags, properties }: NonNullable<z.output<typeof schema>["initialTwin"]>,
  limits: EmulatorLimits,
): Allocation["initialTwin"] {
  const twin = { tags: tags ?? {}, desired: properties?.desired ?? {} };
  try {
    requireInitialTwin(twin, limits);
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    throw unfit(`initialTwin: ${error.message}`);
  }
  return twin;
}

const unfit = (problem: string): ServiceFault =>
  new ServiceFault(
    "customAllocationFailed",
    `Custom allocation failed: the answer is unfit: ${problem}.`,
  );
