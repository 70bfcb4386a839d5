/** The only filter that DPS lets a device subscribe to. */
export const DPS_RESPONSES = "$dps/registrations/res/#";

export type DpsRequest =
  | { readonly kind: "register"; readonly requestId: string }
  | { readonly kind: "poll"; readonly requestId: string; readonly operationId: string };

/** What devices may publish, as the documents write it; `{…}` is to be filled in. */
export const DPS_REQUEST_TOPICS: Readonly<Record<DpsRequest["kind"], string>> = {
  register: "$dps/registrations/PUT/iotdps-register/?$rid={request-id}",
  poll: "$dps/registrations/GET/iotdps-get-operationstatus/?$rid={request-id}&operationId={operation-id}",
};

// Source: Microsoft Learn, "Communicate with your DPS using the MQTT protocol", sections "Registering a device"
// and "Polling for registration operation status".
const REGISTER = /^\$dps\/registrations\/PUT\/iotdps-register\/\?(.*)$/;
const POLL = /^\$dps\/registrations\/GET\/iotdps-get-operationstatus\/\?(.*)$/;

/** @returns undefined for any other topic, or where `$rid` is missing; never throws */
export function parseDpsTopic(topic: string): DpsRequest | undefined {
  const register = REGISTER.exec(topic)?.[1];
  const poll = POLL.exec(topic)?.[1];
  const query = register ?? poll;
  const requestId = query === undefined ? undefined : queryMember(query, "$rid");
  if (query === undefined || requestId === undefined) return undefined;
  if (register !== undefined) return { kind: "register", requestId };
  return { kind: "poll", requestId, operationId: queryMember(query, "operationId") ?? "" };
}

export function formatDpsRequest(request: DpsRequest): string {
  return request.kind === "register"
    ? `$dps/registrations/PUT/iotdps-register/?$rid=${request.requestId}`
    : `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${request.requestId}&operationId=${request.operationId}`;
}

/** `$rid` comes first and unchanged: the C# and Python parsers accept no other order. */
export function formatDpsResponse(
  status: number,
  requestId: string,
  retryAfterS: number | undefined,
): string {
  const wait = retryAfterS === undefined ? "" : `&retry-after=${retryAfterS}`;
  return `$dps/registrations/res/${status}/?$rid=${requestId}${wait}`;
}

/** The raw text of a member: request ids are echoed byte for byte, so nothing is decoded. */
function queryMember(query: string, name: string): string | undefined {
  const member = query.split("&").find((part) => part.startsWith(`${name}=`));
  const value = member?.slice(name.length + 1);
  return value === "" ? undefined : value;
}
