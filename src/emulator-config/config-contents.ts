import { randomBytes } from "node:crypto";
import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { isSymmetricKey } from "../base/symmetric-key.ts";
import type { EmulatorOptions } from "../emulator/emulator.ts";
import { readCertificateFile } from "../pki/certificate-file.ts";
import type { EmulatorConfigFile } from "./schema.ts";

type Path = readonly PropertyKey[];
type Hub = NonNullable<EmulatorConfigFile["hubs"]>[number];
type Device = Hub["devices"][number];
type Enrollment =
  EmulatorConfigFile["enrollments"][number] | EmulatorConfigFile["enrollmentGroups"][number];
type Keys = {
  readonly [K in "primaryKey" | "secondaryKey"]?: { readonly env: string } | undefined;
};

/** Something that a good configuration names and that is not there, or is not what it should be. */
export interface ContentProblem {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What the parts of a configuration are read with; problems are collected. */
interface Reading {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly problems: ContentProblem[];
}

type Contents = Pick<
  EmulatorOptions,
  "allocationPolicy" | "enrollments" | "enrollmentGroups" | "hubSettings"
>;

/**
 * What an emulator begins with, in the shapes of the services' REST APIs: certificates are read, keys taken from the
 * environment.
 *
 * @param options `dir`: what files are relative to
 */
export function contentsOf(
  config: EmulatorConfigFile,
  options: Omit<Reading, "problems">,
): { readonly contents: Contents; readonly problems: readonly ContentProblem[] } {
  const reading: Reading = { ...options, problems: [] };
  const { allocationPolicy, enrollments, enrollmentGroups, hubs = [] } = config;
  const contents: Contents = {
    allocationPolicy,
    enrollments: enrollments.map((entry, at) => ({
      registrationId: entry.registrationId,
      ...(entry.deviceId === undefined ? {} : { deviceId: entry.deviceId }),
      ...enrollmentOf(entry, ["enrollments", at], reading),
    })),
    enrollmentGroups: enrollmentGroups.map((entry, at) => ({
      enrollmentGroupId: entry.enrollmentGroupId,
      ...enrollmentOf(entry, ["enrollmentGroups", at], reading),
    })),
    hubSettings: Object.fromEntries(
      hubs.map((hub, at) => [hub.hostName, hubOf(hub, ["hubs", at], reading)] as const),
    ),
  };
  return { contents, problems: reading.problems };
}

function hubOf({ allocationWeight, policies, devices }: Hub, path: Path, reading: Reading) {
  return {
    allocationWeight,
    policies: policies.map(({ name, rights, ...keys }, at) => ({
      name,
      rights,
      ...keysOf(keys, [...path, "policies", at], reading),
    })),
    devices: devices.map((device, at) => deviceOf(device, [...path, "devices", at], reading)),
  };
}

function deviceOf(device: Device, path: Path, reading: Reading): JsonObject {
  const { deviceId, enabled, iotEdge, tags, desired } = device;
  return {
    deviceId,
    status: enabled ? "enabled" : "disabled",
    capabilities: { iotEdge },
    authentication: authenticationOf(device, [...path, "authentication"], reading),
    tags: tags ?? {},
    properties: { desired: desired ?? {} },
  };
}

function authenticationOf(
  { authentication: given }: Device,
  path: Path,
  reading: Reading,
): JsonObject {
  switch (given.type) {
    case "sas": {
      const { primaryKey, secondaryKey } = keysOf(given, path, reading);
      if (primaryKey === undefined && secondaryKey === undefined) return { type: "sas" };
      // The service takes both or none.
      const made = randomBytes(32).toString("base64");
      const symmetricKey = {
        primaryKey: primaryKey ?? made,
        secondaryKey: secondaryKey ?? made,
      };
      return { type: "sas", symmetricKey };
    }
    case "selfSigned": {
      const { primary, secondary } = certificatesOf(given, path, reading);
      const x509Thumbprint = {
        primaryThumbprint: primary?.fingerprint ?? "",
        secondaryThumbprint: secondary?.fingerprint ?? "",
      };
      return { type: "selfSigned", x509Thumbprint };
    }
    case "certificateAuthority":
      return { type: "certificateAuthority" };
    default:
      return given satisfies never;
  }
}

const REPROVISION = {
  migrate: { updateHubAssignment: true, migrateDeviceData: true },
  reset: { updateHubAssignment: true, migrateDeviceData: false },
  never: { updateHubAssignment: false, migrateDeviceData: false },
} as const;

function enrollmentOf(entry: Enrollment, path: Path, reading: Reading): JsonObject {
  const { allocationPolicy, customAllocationDefinition, iotHubs, reprovision, initialTwin } = entry;
  return {
    attestation: attestationOf(entry, [...path, "attestation"], reading),
    provisioningStatus: entry.enabled ? "enabled" : "disabled",
    capabilities: { iotEdge: entry.iotEdge },
    ...(iotHubs === undefined ? {} : { iotHubs }),
    ...(allocationPolicy === undefined ? {} : { allocationPolicy }),
    ...(customAllocationDefinition === undefined ? {} : { customAllocationDefinition }),
    ...(reprovision === undefined ? {} : { reprovisionPolicy: REPROVISION[reprovision] }),
    initialTwin: {
      tags: initialTwin?.tags ?? {},
      properties: { desired: initialTwin?.properties?.desired ?? {} },
    },
  };
}

/** A leaf of an individual enrollment is a client certificate, that of a group a signing certificate. */
function attestationOf(entry: Enrollment, path: Path, reading: Reading): JsonObject {
  const { attestation: given } = entry;
  if (given.type === "symmetricKey")
    return { type: "symmetricKey", symmetricKey: { ...keysOf(given, path, reading) } };
  const { primary, secondary } = certificatesOf(given, path, reading);
  const certificates = {
    ...(primary === undefined ? {} : { primary: { certificate: primary.toString() } }),
    ...(secondary === undefined ? {} : { secondary: { certificate: secondary.toString() } }),
  };
  const use = "enrollmentGroupId" in entry ? "signingCertificates" : "clientCertificates";
  return { type: "x509", x509: { [use]: certificates } };
}

function keysOf(keys: Keys, path: Path, reading: Reading) {
  const primaryKey = keyOf("primaryKey", keys, path, reading);
  const secondaryKey = keyOf("secondaryKey", keys, path, reading);
  return {
    ...(primaryKey === undefined ? {} : { primaryKey }),
    ...(secondaryKey === undefined ? {} : { secondaryKey }),
  };
}

function keyOf(
  member: "primaryKey" | "secondaryKey",
  keys: Keys,
  path: Path,
  { env, problems }: Reading,
): string | undefined {
  const name = keys[member]?.env;
  if (name === undefined) return undefined;
  const key = env[name] ?? "";
  if (isSymmetricKey(key)) return key;
  const found = key === "" ? "it is not set" : "it has another text";
  const message = `expected the base64 of 16 to 64 bytes in the environment variable ${name}; ${found}`;
  problems.push({ path: [...path, member], message });
  return undefined;
}

function certificatesOf(
  given: { readonly certificate: string; readonly secondaryCertificate?: string | undefined },
  path: Path,
  { dir, problems }: Reading,
) {
  const read = (member: "certificate" | "secondaryCertificate") => {
    const file = given[member];
    if (file === undefined) return undefined;
    try {
      return readCertificateFile(file, dir);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      const { message, hint } = error;
      problems.push({ path: [...path, member], message, hint });
      return undefined;
    }
  };
  return { primary: read("certificate"), secondary: read("secondaryCertificate") };
}
