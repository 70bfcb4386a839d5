import { DPS_FAULTS } from "./dps/dps-faults.ts";
import { EVENT_FAULTS } from "./events/event-faults.ts";
import { HUB_FAULTS } from "./hub/hub-faults.ts";
import { MANAGEMENT_FAULTS } from "./service-api/management/management-faults.ts";

/** What both services refuse, with the same numbers: HTTP status, number and name. */
const SHARED_FAULTS = {
  badRequest: { status: 400, code: 400_004, name: "ArgumentInvalid" },
  notFound: { status: 404, code: 404_000, name: "NotFound" },
  methodNotAllowed: { status: 405, code: 405_000, name: "GenericMethodNotAllowed" },
  preconditionFailed: { status: 412, code: 412_001, name: "PreconditionFailed" },
  entityTooLarge: { status: 413, code: 413_000, name: "GenericRequestEntityTooLarge" },
  throttled: { status: 429, code: 429_001, name: "ThrottlingException" },
  serverError: { status: 500, code: 500_001, name: "ServerError" },
  notImplemented: { status: 501, code: 501_000, name: "NotImplemented" },
  serviceUnavailable: { status: 503, code: 503_001, name: "ServiceUnavailable" },
} as const;

const FAULTS = {
  ...SHARED_FAULTS,
  ...DPS_FAULTS,
  ...HUB_FAULTS,
  ...EVENT_FAULTS,
  ...MANAGEMENT_FAULTS,
};

export type FaultKind = keyof typeof FAULTS;

/** A refusal by a rule of the imitated service; each border (MQTT, HTTPS) writes it in its own shape. */
export class ServiceFault extends Error {
  override readonly name = "ServiceFault";
  readonly kind: FaultKind;
  /** When the client may ask again, in whole seconds; undefined where it is not told. */
  readonly retryAfterS: number | undefined;

  constructor(kind: FaultKind, message: string, options: { readonly retryAfterS?: number } = {}) {
    super(message);
    this.kind = kind;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return FAULTS[this.kind].status;
  }

  get code(): number {
    return FAULTS[this.kind].code;
  }

  /** The number's name in Azure's lists. */
  get codeName(): string {
    return FAULTS[this.kind].name;
  }
}

/** What `act` gives, or the refusal that it throws; anything else that it throws is passed on. */
export function attempt<T>(act: () => T): T | ServiceFault {
  try {
    return act();
  } catch (error) {
    if (error instanceof ServiceFault) return error;
    throw error;
  }
}

/** The error body of DPS and of MQTT twin answers (swagger: ProvisioningServiceErrorDetails). */
export function faultBody(
  fault: ServiceFault,
  context: { readonly trackingId: string; readonly timestampUtc: string },
): string {
  return JSON.stringify({
    errorCode: fault.code,
    trackingId: context.trackingId,
    message: fault.message,
    timestampUtc: context.timestampUtc,
  });
}
