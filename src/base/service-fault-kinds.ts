import type { FaultKind } from "./fault-kind.ts";

const MILLISECONDS = { unit: "ms", whole: false, least: 0, most: 600_000 } as const;

const GONE_ANSWER = {
  does:
    "what those get who come: their connection is closed without a word, or they are told that there is no such hub or " +
    "service (CONNACK 5, 404)",
  values: ["close", "notFound"],
  default: "close",
} as const;

/** What can be made to fail in the services themselves. */
export const SERVICE_FAULT_KINDS = {
  throttled: {
    layer: "service",
    does: "Refuses operations as a service beyond its limits does: 429001 ThrottlingException.",
    parameters: {
      retryAfterS: {
        does: "what the refusal tells as retry-after",
        unit: "s",
        whole: true,
        least: 0,
        most: 3600,
        default: 10,
      },
    },
    at: "everywhere",
    by: ["devices", "operations"],
    counts: "operations refused",
    seen:
      "Service clients: `ThrottlingError`; a method call is repeated first, after 10 s and more. A registration: repeated " +
      "after retry-after, without an end. Twin: an " +
      "`Error`, not repeated. Telemetry: the connection is closed. Connecting: CONNACK 3, repeated for 4 minutes.",
    ends: "Nothing is left of it.",
  },
  serverError: {
    layer: "service",
    does: "Fails operations as a service in trouble does: 500001 ServerError, or 503001 ServiceUnavailable.",
    parameters: { status: { does: "the status", values: [500, 503], default: 500 } },
    at: "everywhere",
    by: ["devices", "operations"],
    counts: "operations failed",
    seen:
      "Service clients: `InternalServerError`, `ServiceUnavailableError`. A registration: repeated, without an end. " +
      "Twin: an `Error`, not repeated. Telemetry: the connection is closed. Connecting: CONNACK 3, repeated for 4 minutes.",
    ends: "Nothing is left of it.",
  },
  authError: {
    layer: "service",
    does: "Refuses operations as if who asks had no right to them: 401003 IotHubUnauthorized, at DPS 401000.",
    parameters: {},
    at: "everywhere",
    by: ["devices", "operations"],
    counts: "operations refused",
    seen:
      "Service clients and a registration: `UnauthorizedError`. Connecting: CONNACK 5, `UnauthorizedError` for a new " +
      "client, repeated for 4 minutes by one that was connected before. Twin: an `Error`. Telemetry: the connection is closed.",
    ends: "Nothing is left of it.",
  },
  quotaExceeded: {
    layer: "service",
    does:
      "Refuses what counts as a message, as a hub does whose daily quota is used up: 403002 IotHubQuotaExceeded; " +
      "where operations are named, those.",
    parameters: {},
    at: "hubs",
    by: ["devices", "operations"],
    counts: "operations refused",
    seen:
      "Telemetry: `NotConnectedError`, as the connection is closed without a PUBACK; the client may connect again. Service " +
      "clients: `TooManyDevicesError`, which is what they make of every 403. Twin: an `Error`.",
    ends: "Nothing is left of it.",
  },
  latency: {
    layer: "service",
    does:
      "Begins operations later, by a time for each of them; what it holds up of one device stays in its order. " +
      "Telemetry of a connection waits for what came before it.",
    parameters: {
      ms: { does: "how much later", ...MILLISECONDS, default: 1000 },
      jitterMs: {
        does: "by how much more or less, evenly, never below zero",
        ...MILLISECONDS,
        default: 0,
      },
    },
    at: "everywhere",
    by: ["devices", "operations"],
    counts: "operations held up",
    seen:
      "A late answer. A registration ends with `TimeoutError` after 30 s for one request; telemetry is sent again after " +
      "about 30 s without a PUBACK; a twin call waits without a limit.",
    ends: "What is held up keeps its time, and is overtaken by what it does not hold up any more, except by telemetry; where the fault is removed, it goes on at once.",
  },
  connackCode: {
    layer: "service",
    does: "Refuses every CONNECT with a code of MQTT 3.1.1, 3.2.2.3, before anything else is looked at.",
    parameters: {
      code: { does: "the code", values: [1, 2, 3, 4, 5], default: 3 },
    },
    at: "everywhere",
    by: ["devices"],
    counts: "connections refused",
    seen:
      "A new client of a hub: `NotImplementedError` by 1, `UnauthorizedError` by 2, 4 and 5, at once; " +
      "`ServiceUnavailableError` by 3, after 4 minutes of attempts. One that was connected before repeats 3 and 5. " +
      "A registration: an `Error` with the code, at once.",
    ends: "Connections that are open are not touched.",
  },
  hubGone: {
    layer: "service",
    does:
      "Makes hubs disappear: connections are cut, and nobody gets another answer than that there is no such hub. " +
      "Identities, twins and messages stay, and so do the emulator's own paths.",
    parameters: { answer: GONE_ANSWER },
    at: "hubs",
    by: [],
    counts: "connections and requests turned away",
    seen:
      "A connected client that listens for methods, messages or desired properties reconnects until it can, for 4 " +
      "minutes; one that does not notices when it sends. A new one: `UnauthorizedError`, at once. Service clients: the " +
      "error of the socket (`ECONNRESET`), or by `notFound` `IotHubNotFoundError`.",
    ends: "The hubs are there again, as they were.",
  },
  dpsGone: {
    layer: "service",
    does: "Makes DPS disappear, in the same way; its enrollments and registrations stay.",
    parameters: { answer: GONE_ANSWER },
    at: "dps",
    by: [],
    counts: "connections and requests turned away",
    seen:
      "A registration: `NotConnectedError`, or by `notFound` an `Error` with code 5, at once. Service clients: the error " +
      "of the socket (`ECONNRESET`), or by `notFound` an `Error` with status 404.",
    ends: "DPS is there again, as it was.",
  },
  pubackLate: {
    layer: "service",
    does: "Takes telemetry at once and acknowledges it later; what a device sends after it waits too.",
    parameters: {
      ms: { does: "how much later", ...MILLISECONDS, default: 5000 },
      jitterMs: {
        does: "by how much more or less, evenly, never below zero",
        ...MILLISECONDS,
        default: 0,
      },
    },
    at: "hubs",
    by: ["devices"],
    counts: "messages acknowledged late",
    seen: "`sendEvent` settles late; after about 30 s it sends again, and the hub has the message twice.",
    ends: "What waits keeps its time; where the fault is removed, it is acknowledged at once.",
  },
  pubackLost: {
    layer: "service",
    does: "Takes telemetry and never acknowledges it; the connection goes on.",
    parameters: {},
    at: "hubs",
    by: ["devices"],
    counts: "messages not acknowledged",
    seen:
      "`sendEvent` does not settle; after about 30 s, or when the connection is lost before, it sends again, and the hub " +
      "has the message twice.",
    ends: "What was not acknowledged never is.",
  },
  desiredLost: {
    layer: "service",
    does: "Does not tell devices of changes of their desired properties.",
    parameters: {},
    at: "hubs",
    by: ["devices"],
    counts: "changes not told",
    seen: "No event. The next change that is told has a `$version` that is higher by more than one, and its own part alone.",
    ends: "What was not told is not told later; a device finds it when it reads its twin.",
  },
  desiredTwice: {
    layer: "service",
    does: "Tells devices of each change of their desired properties twice, with the same `$version`.",
    parameters: {},
    at: "hubs",
    by: ["devices"],
    counts: "changes told twice",
    seen: "Two events with the same `$version`.",
    ends: "Nothing is left of it.",
  },
  methodLost: {
    layer: "service",
    does: "Does not hand direct methods to the devices that they are for.",
    parameters: {},
    at: "hubs",
    by: ["devices"],
    counts: "calls lost",
    seen: "The caller: `GatewayTimeoutError` (504101) when its response timeout is over. The device: nothing.",
    ends: "Nothing is left of it.",
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
