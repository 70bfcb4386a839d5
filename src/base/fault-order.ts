import { z } from "zod";
import { isDeviceFaultName } from "./device-fault-kinds.ts";
import type { Problem } from "./errors.ts";
import type { FaultName } from "./fault-kinds.ts";
import { FAULT_NAMES, faultKind, isFaultName } from "./fault-kinds.ts";
import { describeIssue, problemsOf } from "./issue-problems.ts";
import { nearest } from "./nearest.ts";
import { showValue } from "./show-value.ts";
import { formatPath } from "./format-path.ts";
import { isJsonObject } from "./json.ts";
import { OPERATIONS } from "./service-operations.ts";
import { commonFields } from "./fault-fields.ts";
import { FAULT_PARAMETERS } from "./fault-parameters.ts";
import { DPS_SERVICE } from "./fault-kind.ts";

/** One schema a kind; what is not given has its default afterwards. */
function orderSchemas(hubs: readonly string[] | undefined) {
  const order = <K extends FaultName, P extends (typeof FAULT_PARAMETERS)[K]>(
    kind: K,
    parameters: P,
  ) =>
    z.strictObject({ kind: z.literal(kind), parameters, ...commonFields(faultKind(kind), hubs) });
  return {
    throttled: order("throttled", FAULT_PARAMETERS.throttled),
    serverError: order("serverError", FAULT_PARAMETERS.serverError),
    authError: order("authError", FAULT_PARAMETERS.authError),
    quotaExceeded: order("quotaExceeded", FAULT_PARAMETERS.quotaExceeded),
    latency: order("latency", FAULT_PARAMETERS.latency),
    connackCode: order("connackCode", FAULT_PARAMETERS.connackCode),
    hubGone: order("hubGone", FAULT_PARAMETERS.hubGone),
    dpsGone: order("dpsGone", FAULT_PARAMETERS.dpsGone),
    pubackLate: order("pubackLate", FAULT_PARAMETERS.pubackLate),
    pubackLost: order("pubackLost", FAULT_PARAMETERS.pubackLost),
    desiredLost: order("desiredLost", FAULT_PARAMETERS.desiredLost),
    desiredTwice: order("desiredTwice", FAULT_PARAMETERS.desiredTwice),
    methodLost: order("methodLost", FAULT_PARAMETERS.methodLost),
    killTcp: order("killTcp", FAULT_PARAMETERS.killTcp),
    shutDownMqtt: order("shutDownMqtt", FAULT_PARAMETERS.shutDownMqtt),
    blackHole: order("blackHole", FAULT_PARAMETERS.blackHole),
    halfOpen: order("halfOpen", FAULT_PARAMETERS.halfOpen),
    networkLatency: order("networkLatency", FAULT_PARAMETERS.networkLatency),
    serverCertificateExpired: order(
      "serverCertificateExpired",
      FAULT_PARAMETERS.serverCertificateExpired,
    ),
  } as const satisfies { readonly [K in FaultName]: z.ZodType<{ readonly kind: K }> };
}

/** What can be said of a fault whose kind nobody knows. */
function anyOrderSchema(hubs: readonly string[] | undefined) {
  const narrowing = { at: "everywhere", by: ["devices", "operations"] } as const;
  return z.strictObject({
    // Told already.
    kind: z.unknown().optional(),
    parameters: z.unknown().optional(),
    ...commonFields(narrowing, hubs),
  });
}

type OrderSchemas = ReturnType<typeof orderSchemas>;

/** A fault that somebody asks for, with its defaults; `K` are the kinds that it may be of. */
export type FaultOrder<K extends FaultName = FaultName> = {
  [Kind in K]: z.output<OrderSchemas[Kind]>;
}[K];

/** The same as it is written: only `kind` is needed. */
export type FaultRequest = { [Kind in FaultName]: z.input<OrderSchemas[Kind]> }[FaultName];

export interface FaultReaderOptions {
  /** Their host names, in lower case; absent = nobody knows them yet, and any will do. */
  readonly hubs?: readonly string[];
  /** Why kinds cannot be had of this emulator. */
  readonly missing?: { readonly [K in FaultName]?: string };
}

/** Reads what somebody asks for. */
export class FaultReader {
  readonly #schemas: OrderSchemas;
  readonly #anyOrder: ReturnType<typeof anyOrderSchema>;
  readonly #missing: FaultReaderOptions["missing"];

  constructor({ hubs, missing }: FaultReaderOptions) {
    this.#schemas = orderSchemas(hubs);
    this.#anyOrder = anyOrderSchema(hubs);
    this.#missing = missing;
  }

  /** Never throws; `problems` has all that is wrong, each at its place. */
  read(
    value: unknown,
  ):
    | { readonly ok: true; readonly order: FaultOrder }
    | { readonly ok: false; readonly problems: readonly Problem[] } {
    const kind = isJsonObject(value) ? value["kind"] : undefined;
    if (!isFaultName(kind)) {
      const others = isJsonObject(value) ? parse(this.#anyOrder, value).problems : [];
      return { ok: false, problems: [kindProblem(kind), ...others] };
    }
    const { data, problems } = parse(this.#schemas[kind], value);
    const missing = this.#missing?.[kind];
    if (missing !== undefined) {
      const unavailable = { place: "kind", message: `no ${kind} here: ${missing}` };
      return { ok: false, problems: [unavailable, ...problems] };
    }
    if (data === undefined) return { ok: false, problems };
    const problem = scopeProblem(data);
    return problem === undefined ? { ok: true, order: data } : { ok: false, problems: [problem] };
  }
}

/** `data` is undefined where there are problems. */
function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { readonly data: z.output<S> | undefined; readonly problems: readonly Problem[] } {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return { data: parsed.data, problems: [] };
  const read = { value, placeOf: formatPath };
  return { data: undefined, problems: problemsOf(parsed.error.issues, schema, read) };
}

function kindProblem(kind: unknown): Problem {
  if (isDeviceFaultName(kind)) {
    return {
      place: "kind",
      message: `${kind} is a fault of devices, which the emulator cannot put on them`,
      hint: "a scenario can: in its timeline, or under faults of a fleet entry",
    };
  }
  const near = typeof kind === "string" ? nearest(kind, FAULT_NAMES) : undefined;
  return {
    place: "kind",
    message: `expected a kind of fault, got ${showValue(kind)}`,
    hint: near === undefined ? `one of ${FAULT_NAMES.join(", ")}` : `did you mean ${near}?`,
  };
}

/** A fault that could never strike. */
function scopeProblem({ kind, scope }: FaultOrder): Problem | undefined {
  const { at } = faultKind(kind);
  const { operations, service = at } = scope;
  if (service === "everywhere" || operations === undefined) return undefined;
  const wanted = service === DPS_SERVICE ? "dps" : "hub";
  const foreign = operations.filter((one) => OPERATIONS[one].service !== wanted);
  if (foreign.length === 0) return undefined;
  return {
    place: "scope.operations",
    message: `${foreign.join(", ")}: not asked of ${service}`,
  };
}
