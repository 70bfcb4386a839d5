import type { JsonObject } from "../../../base/json.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import { ServiceFault } from "../../fault.ts";
import type { MetadataStamp } from "./merge-patch.ts";
import { mergePatch, stampMetadata } from "./merge-patch.ts";
import { patchFault, propertyBytes } from "./twin-rules.ts";

/** Desired or reported properties. */
export interface TwinSection {
  readonly value: JsonObject;
  readonly metadata: JsonObject;
  /** `$version`: 1 in a new twin, one more for every accepted update. */
  readonly version: number;
}

/** A twin without what the identity registry knows. */
export interface Twin {
  readonly tags: JsonObject;
  readonly desired: TwinSection;
  readonly reported: TwinSection;
  /** Counts updates of tags and desired; the etag follows it. */
  readonly version: number;
}

export interface TwinChange {
  readonly twin: Twin;
  /** What a connected device is told: the patch as it was applied. */
  readonly desiredPatch: JsonObject | undefined;
}

/**
 * What an enrollment may write into a new twin.
 *
 * @throws {ServiceFault} `badRequest`, as for a patch
 */
export function requireInitialTwin(
  seed: { readonly tags: JsonObject; readonly desired: JsonObject },
  limits: EmulatorLimits,
): void {
  for (const [value, maxBytes] of [
    [seed.tags, limits.tagsMaxBytes],
    [seed.desired, limits.propertiesMaxBytes],
  ] as const) {
    requireRules(value, limits);
    requireSize(value, maxBytes);
  }
}

/** A twin as it is created with its identity; nulls of the seed mean nothing. */
export function newTwin(
  seed: {
    readonly tags: JsonObject;
    readonly desired: JsonObject;
    readonly reported?: JsonObject | undefined;
  },
  now: string,
): Twin {
  return {
    tags: mergePatch({}, seed.tags),
    desired: firstSection(seed.desired, { $lastUpdated: now, $lastUpdatedVersion: 1 }),
    reported: firstSection(seed.reported ?? {}, { $lastUpdated: now }),
    version: 1,
  };
}

/** The twin's etag: base64 of an 8-byte counter; reported updates do not change it. */
export function twinEtag(twin: Twin): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(twin.version));
  return bytes.toString("base64");
}

/**
 * A device's reported patch.
 *
 * @throws {ServiceFault} `badRequest` where a rule of keys, values or sizes is broken; nothing is applied then
 */
export function patchReported(
  twin: Twin,
  patch: JsonObject,
  context: { readonly now: string; readonly limits: EmulatorLimits },
): Twin {
  const clean = withoutSystemMembers(patch);
  const reported = patched(twin.reported, clean, { $lastUpdated: context.now }, context.limits);
  return { ...twin, reported };
}

/**
 * A service's patch of tags, desired, or both.
 *
 * @throws {ServiceFault} `badRequest`, as for reported
 */
export function patchTwin(
  twin: Twin,
  patch: { readonly tags?: JsonObject | undefined; readonly desired?: JsonObject | undefined },
  context: { readonly now: string; readonly limits: EmulatorLimits },
): TwinChange {
  const desiredPatch =
    patch.desired === undefined ? undefined : withoutSystemMembers(patch.desired);
  let { tags, desired } = twin;
  if (patch.tags !== undefined) {
    requireRules(patch.tags, context.limits);
    tags = mergePatch(tags, patch.tags);
    requireSize(tags, context.limits.tagsMaxBytes);
  }
  if (desiredPatch !== undefined) {
    const stamp = { $lastUpdated: context.now, $lastUpdatedVersion: desired.version + 1 };
    desired = patched(desired, desiredPatch, stamp, context.limits);
  }
  return { twin: { ...twin, tags, desired, version: twin.version + 1 }, desiredPatch };
}

/**
 * A service's new tags, desired properties, or both, in place of those that are; a section that is left out stays (`?`).
 * Source: Microsoft Learn, IoT Hub REST API, "Replace Twin".
 *
 * @returns `desiredPatch`: the whole new document (`?`)
 * @throws {ServiceFault} `badRequest`, as for a patch
 */
export function replaceTwin(
  twin: Twin,
  given: { readonly tags?: JsonObject | undefined; readonly desired?: JsonObject | undefined },
  context: { readonly now: string; readonly limits: EmulatorLimits },
): TwinChange {
  const empty = {
    tags: given.tags === undefined ? twin.tags : {},
    desired:
      given.desired === undefined ? twin.desired : { ...twin.desired, value: {}, metadata: {} },
  };
  const { twin: replaced } = patchTwin({ ...twin, ...empty }, given, context);
  return {
    twin: replaced,
    desiredPatch: given.desired === undefined ? undefined : replaced.desired.value,
  };
}

/** What a device reads: no metadata, no tags. */
export function deviceView(twin: Twin): JsonObject {
  return {
    desired: { ...twin.desired.value, $version: twin.desired.version },
    reported: { ...twin.reported.value, $version: twin.reported.version },
  };
}

function firstSection(given: JsonObject, stamp: MetadataStamp): TwinSection {
  const value = mergePatch({}, given);
  return { value, metadata: stampMetadata({}, value, value, stamp), version: 1 };
}

function patched(
  section: TwinSection,
  patch: JsonObject,
  stamp: MetadataStamp,
  limits: EmulatorLimits,
): TwinSection {
  requireRules(patch, limits);
  const value = mergePatch(section.value, patch);
  requireSize(value, limits.propertiesMaxBytes);
  const metadata = stampMetadata(section.metadata, patch, value, stamp);
  return { value, metadata, version: section.version + 1 };
}

function requireRules(patch: JsonObject, limits: EmulatorLimits): void {
  const fault = patchFault(patch, limits);
  if (fault !== undefined) throw new ServiceFault("badRequest", `Twin update refused: ${fault}.`);
}

function requireSize(value: JsonObject, maxBytes: number): void {
  if (propertyBytes(value) > maxBytes)
    throw new ServiceFault("badRequest", `Twin update refused: larger than ${maxBytes} bytes.`);
}

/** `$version` and `$metadata` belong to the service; what clients send of them is ignored. */
export function withoutSystemMembers(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).filter(([key]) => key !== "$version" && key !== "$metadata"),
  );
}
