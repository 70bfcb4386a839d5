import { z } from "zod";
import { ServiceFault, attempt } from "../../fault.ts";
import type {
  RegistryError,
  RegistryItem,
  RegistryOperation,
} from "../../hub/registry/bulk-registry.ts";
import { withoutSystemMembers } from "../../hub/twins/twin.ts";
import type { TwinSections } from "../../hub/twins/update-twin.ts";
import { identityMembers, identityOf, requireDeviceId } from "./device-body.ts";
import { parseBody } from "../replies.ts";
import { sectionsOf, twinMembers } from "./twin-body.ts";

/**
 * The modes in lower case, which clients write in any.
 * Source: Microsoft Learn, "Import and export IoT Hub device identities in bulk", `importMode`.
 */
const MODES = {
  create: { kind: "write", mode: "create", matched: false },
  update: { kind: "write", mode: "update", matched: false },
  updateifmatchetag: { kind: "write", mode: "update", matched: true },
  createorupdate: { kind: "write", mode: "createOrUpdate", matched: false },
  createorupdateifmatchetag: { kind: "write", mode: "createOrUpdate", matched: true },
  delete: { kind: "delete", matched: false },
  deleteifmatchetag: { kind: "delete", matched: true },
  updatetwin: { kind: "twin", matched: false },
  updatetwinifmatchetag: { kind: "twin", matched: true },
} as const;

const item = z.object({
  id: z.string(),
  moduleId: z.string().nullish(),
  // As the import of device identities has it where no mode is given.
  importMode: z
    .string()
    .nullish()
    .transform((mode) => (mode ?? "createOrUpdate").toLowerCase())
    .pipe(z.literal(Object.keys(MODES).filter(isMode))),
  eTag: z.string().nullish(),
  // The Node SDK sends the member of a device as it is.
  etag: z.string().nullish(),
  twinETag: z.string().nullish(),
  ...identityMembers,
  ...twinMembers,
});
type Item = z.output<typeof item>;

function isMode(text: string): text is keyof typeof MODES {
  return Object.hasOwn(MODES, text);
}

/**
 * Reads the body of `POST /devices`; what is wrong with the values of one device is that device's fault alone.
 *
 * @throws {ServiceFault} `badRequest` where the list cannot be read, with all problems
 */
export function parseRegistryItems(body: unknown): readonly RegistryItem[] {
  return parseBody(z.array(item).min(1), body).map((sent) => ({
    deviceId: sent.id,
    operation: attempt(() => operationOf(sent)),
  }));
}

function operationOf(sent: Item): RegistryOperation {
  requireDeviceId(sent.id);
  if (sent.moduleId)
    throw new ServiceFault("notImplemented", "Modules: known in Azure, not in this emulator.");
  const wanted = MODES[sent.importMode];
  const given = sent.eTag ?? sent.etag ?? undefined;
  switch (wanted.kind) {
    case "write": {
      const sections = twinOf(sent);
      return {
        kind: "write",
        mode: wanted.mode,
        identity: identityOf(sent),
        etag: tagFor(wanted, given),
        twin: (sections.tags ?? sections.desired) ? sections : undefined,
        twinEtag: sent.twinETag ?? "*",
      };
    }
    case "delete":
      return { kind: "delete", etag: tagFor(wanted, given) };
    case "twin":
      return {
        kind: "twin",
        twin: twinOf(sent),
        twinEtag: tagFor(wanted, sent.twinETag ?? undefined),
      };
    default:
      return wanted satisfies never;
  }
}

/** A mode that compares needs something to compare (`?`). */
function tagFor({ matched }: { readonly matched: boolean }, given: string | undefined): string {
  if (!matched) return "*";
  if (given === undefined || given === "")
    throw new ServiceFault("badRequest", "The import mode needs an ETag.");
  return given;
}

function twinOf(sent: Item): TwinSections {
  const { tags, desired } = sectionsOf(sent);
  return { tags, desired: desired === undefined ? undefined : withoutSystemMembers(desired) };
}

/** Source: Microsoft Learn, IoT Hub REST API, "BulkRegistryOperationResult". */
export function registryResult(
  errors: readonly RegistryError[],
): Readonly<Record<string, unknown>> {
  return {
    isSuccessful: errors.length === 0,
    errors: errors.map(({ deviceId, fault }) => ({
      deviceId,
      errorCode: fault.code,
      errorStatus: fault.message,
    })),
    warnings: [],
  };
}
