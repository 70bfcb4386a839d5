import { z } from "zod";
import { isSymmetricKey } from "../../../base/symmetric-key.ts";
import { ServiceFault } from "../../fault.ts";
import { DEVICE_ID } from "../../hub/registry/device-id.ts";
import type { IdentitySettings } from "../../hub/registry/identity.ts";
import { normalizeThumbprint } from "../../peer-certificate.ts";
import { parseBody } from "../replies.ts";

// Source: Microsoft Learn, IoT Hub REST API, "Device" and "AuthenticationMechanism". Members that clients send back from
// a GET, and any others, are ignored (`?`).

const text = z.string().nullish();
const authentication = z.object({
  type: z.enum(["sas", "selfSigned", "certificateAuthority", "none"]).nullish(),
  symmetricKey: z.object({ primaryKey: text, secondaryKey: text }).nullish(),
  x509Thumbprint: z.object({ primaryThumbprint: text, secondaryThumbprint: text }).nullish(),
});

/** What an identity has under every call; the id is called otherwise in bulk calls. */
export const identityMembers = {
  status: z.enum(["enabled", "disabled"]).nullish(),
  statusReason: z.string().max(128).nullish(),
  authentication: authentication.nullish(),
  capabilities: z.object({ iotEdge: z.boolean().nullish() }).nullish(),
  deviceScope: text,
  parentScopes: z.array(z.string()).nullish(),
};

const identity = z.object(identityMembers);
const device = z.object({ ...identityMembers, deviceId: z.string() });

/** Reads the body of `PUT /devices/{id}`. @throws {ServiceFault} `badRequest` with all problems */
export function parseDevice(deviceId: string, body: unknown): IdentitySettings {
  const sent = parseBody(device, body);
  requireDeviceId(deviceId);
  if (sent.deviceId !== deviceId)
    throw new ServiceFault("badRequest", "deviceId: not that of the path.");
  return identityOf(sent);
}

/** @throws {ServiceFault} `badRequest` */
export function requireDeviceId(deviceId: string): void {
  if (!DEVICE_ID.test(deviceId))
    throw new ServiceFault(
      "badRequest",
      "deviceId: expected 1 to 128 characters of those allowed.",
    );
}

/** @throws {ServiceFault} `badRequest` for keys and thumbprints that cannot be, or do not go with the type */
export function identityOf(sent: z.output<typeof identity>): IdentitySettings {
  return {
    enabled: sent.status !== "disabled",
    statusReason: sent.statusReason ?? undefined,
    credential: credentialOf(sent.authentication ?? {}),
    iotEdge: sent.capabilities?.iotEdge ?? false,
    deviceScope: sent.deviceScope ?? undefined,
    parentScopes: sent.parentScopes ?? [],
  };
}

/** Without a type a thumbprint makes `selfSigned`, else it is `sas` (azure-iothub 1.16, `_normalizeAuthentication`). */
function credentialOf(sent: z.output<typeof authentication>): IdentitySettings["credential"] {
  const keys = [
    sent.symmetricKey?.primaryKey ?? "",
    sent.symmetricKey?.secondaryKey ?? "",
  ] as const;
  const { primaryThumbprint, secondaryThumbprint } = sent.x509Thumbprint ?? {};
  const thumbprints = [primaryThumbprint ?? "", secondaryThumbprint ?? ""] as const;
  const hasKeys = keys.some((key) => key !== "");
  const hasThumbprints = thumbprints.some((thumbprint) => thumbprint !== "");
  const type = sent.type ?? (hasThumbprints ? "selfSigned" : "sas");
  if (hasKeys && type !== "sas") throw invalid("symmetricKey", `does not go with ${type}`);
  if (hasThumbprints && type !== "selfSigned")
    throw invalid("x509Thumbprint", `does not go with ${type}`);
  if (type === "sas") return hasKeys ? keysOf(keys) : { type };
  return type === "selfSigned" ? thumbprintsOf(thumbprints) : { type };
}

type Pair = readonly [primary: string, secondary: string];

/** Both or none: with none the service makes them (SymmetricKey.cs of Azure/azure-iot-sdk-csharp). */
function keysOf([primaryKey, secondaryKey]: Pair): IdentitySettings["credential"] {
  if (![primaryKey, secondaryKey].every(isSymmetricKey))
    throw invalid("symmetricKey", "expected both keys, each the base64 of 16 to 64 bytes, or none");
  return { type: "sas", primaryKey, secondaryKey };
}

function thumbprintsOf(sent: Pair): IdentitySettings["credential"] {
  const [primaryThumbprint, secondaryThumbprint] = [sent[0], sent[1]].map(normalizeThumbprint);
  const all = [primaryThumbprint ?? "", secondaryThumbprint ?? ""];
  if (all.join("") === "" || !all.every((one) => /^(?:|[0-9A-F]{40}|[0-9A-F]{64})$/.test(one)))
    throw invalid("x509Thumbprint", "expected one or two, each of 40 or 64 hex digits");
  return {
    type: "selfSigned",
    primaryThumbprint: all[0] ?? "",
    secondaryThumbprint: all[1] ?? "",
  };
}

function invalid(member: string, problem: string): ServiceFault {
  return new ServiceFault("badRequest", `authentication.${member}: ${problem}.`);
}
