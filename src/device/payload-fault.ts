import { isJsonObject } from "../base/json.ts";

/**
 * What is wrong with a message that Microsoft's SDK would parse in an event handler, where nobody catches: a body that is
 * no JSON ends the process, and an error of the twin without a body counts as success.
 *
 * Topics: Microsoft Learn, "Communicate with your DPS using the MQTT protocol" and "Communicate with an IoT hub using MQTT".
 *
 * @returns undefined for what the SDK can take, and for topics that it does not parse; never throws
 */
export function payloadFault(topic: string, payload: string | Buffer): string | undefined {
  if (/^\$dps\/registrations\/res\/|^\$iothub\/twin\/PATCH\/properties\/desired\//.test(topic))
    return isJsonObject(jsonOf(payload)) ? undefined : "sent what is no JSON object";
  const [, twinStatus] = /^\$iothub\/twin\/res\/(\d+)\//.exec(topic) ?? [];
  if (twinStatus !== undefined) {
    const body = jsonOf(payload);
    if (Number(twinStatus) < 300)
      return payload.length === 0 || isJsonObject(body) ? undefined : "sent what is no JSON object";
    return isJsonObject(body) && Boolean(body["errorCode"])
      ? undefined
      : `refused a twin request with ${twinStatus} and without a reason`;
  }
  if (!topic.startsWith("$iothub/methods/POST/") || payload.length === 0) return undefined;
  return jsonOf(payload) === undefined ? "called a method with what is no JSON" : undefined;
}

/** undefined where it is no JSON. */
function jsonOf(payload: string | Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
