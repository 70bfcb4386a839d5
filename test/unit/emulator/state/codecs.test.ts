import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "../../../../src/base/json.ts";
import { accessPolicyCodec } from "../../../../src/emulator/access-policy-codec.ts";
import { DPS_RIGHTS, HUB_RIGHTS } from "../../../../src/emulator/access-policy.ts";
import { caCodec } from "../../../../src/emulator/certificates/ca-codec.ts";
import { enrollmentCodec } from "../../../../src/emulator/dps/enrollment-codec.ts";
import type { Enrollment } from "../../../../src/emulator/dps/enrollments.ts";
import type { Credential } from "../../../../src/emulator/dps/hub-link.ts";
import { operationCodec } from "../../../../src/emulator/dps/operation-codec.ts";
import type { Operation } from "../../../../src/emulator/dps/operations.ts";
import { registrationCodec } from "../../../../src/emulator/dps/registration-codec.ts";
import type { Registration } from "../../../../src/emulator/dps/registrations.ts";
import { commandCodec } from "../../../../src/emulator/hub/commands/command-codec.ts";
import { ACKNOWLEDGMENTS } from "../../../../src/emulator/hub/commands/command-message.ts";
import { deviceJobCodec, jobCodec } from "../../../../src/emulator/hub/jobs/job-codec.ts";
import { deviceCodec } from "../../../../src/emulator/hub/registry/device-codec.ts";
import { routingCodec } from "../../../../src/emulator/hub/routing/routing-codec.ts";
import { certificate, ms } from "../../../../src/emulator/state/codecs.ts";
import type { Codec } from "../../../../src/emulator/state/state.ts";
import { testPki } from "../../../support/pki.ts";

let leaf: X509Certificate;
beforeAll(async () => {
  leaf = new X509Certificate((await (await testPki()).leaf("dev")).certificatePem);
});

/** What comes back from the text that is kept. */
function kept<V>(codec: Codec<V>, value: V): V {
  return z.decode(codec, JSON.parse(JSON.stringify(z.encode(codec, value))));
}

/** A value that does not come back; null where there is none. */
function lost<V>(codec: Codec<V>, values: fc.Arbitrary<V>): readonly V[] | null {
  const property = fc.property(values, (value) => {
    expect(kept(codec, value)).toEqual(value);
  });
  return fc.check(property).counterexample;
}

const text = fc.string();
const none = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });
// JSON has no -0.
const json = fc
  .jsonValue({ noUnicodeString: false })
  .map((value): Json => JSON.parse(JSON.stringify(value)));
const jsonObject = fc.dictionary(text, json);
const time = fc.integer({ min: 0 });

const credential: fc.Arbitrary<Credential> = fc.oneof(
  fc.record({
    type: fc.constant("selfSigned" as const),
    primaryThumbprint: text,
    secondaryThumbprint: text,
  }),
  fc.record({ type: fc.constant("sas" as const), primaryKey: text, secondaryKey: text }),
  fc.record({ type: fc.constantFrom("certificateAuthority" as const, "none" as const) }),
);

const registration: fc.Arbitrary<Registration> = fc.record({
  registrationId: text,
  enrollmentGroupId: none(text),
  attestation: fc.constantFrom("x509", "symmetricKey"),
  createdDateTimeUtc: text,
  assignedHub: none(text),
  deviceId: none(text),
  status: fc.constantFrom("assigning", "assigned", "failed"),
  substatus: none(fc.constantFrom("initialAssignment", "deviceDataReset")),
  errorCode: none(fc.nat()),
  errorMessage: none(text),
  lastUpdatedDateTimeUtc: text,
  etag: text,
  payload: none(json),
});

describe("what is kept comes back as it was:", () => {
  test("registrations and operations", () => {
    expect(lost(registrationCodec, registration)).toBeNull();
    const common = { operationId: text, readyAtMs: time };
    const enrollment = fc.record({ kind: fc.constantFrom("individual", "group"), id: text });
    const asked = { registrationId: text, apiVersion: none(text), payload: none(json) };
    expect(
      lost<Operation>(
        operationCodec,
        fc.oneof(
          fc.record({
            ...common,
            kind: fc.constant("running" as const),
            asked: fc.record({ ...asked, enrollment, credential }),
          }),
          fc.record({ ...common, kind: fc.constant("finished" as const), record: registration }),
        ),
      ),
    ).toBeNull();
  });

  test("enrollments", () => {
    const names = fc.record({ primary: none(text), secondary: none(text) });
    const attestation: fc.Arbitrary<Enrollment["attestation"]> = fc.oneof(
      fc.record({ type: fc.constant("x509" as const), caReferences: names }),
      fc.record({
        type: fc.constant("symmetricKey" as const),
        primaryKey: text,
        secondaryKey: text,
      }),
    );
    expect(
      lost<Enrollment>(
        enrollmentCodec,
        fc.record({
          kind: fc.constantFrom("individual", "group"),
          id: text,
          attestation,
          deviceId: none(text),
          optionalDeviceInformation: none(jsonObject),
          enabled: fc.boolean(),
          initialTwin: fc.record({ tags: jsonObject, desired: jsonObject }),
          iotEdge: fc.boolean(),
          reprovisionPolicy: none(
            fc.record({ updateHubAssignment: fc.boolean(), migrateDeviceData: fc.boolean() }),
          ),
          allocationPolicy: none(fc.constantFrom("hashed", "geoLatency", "static", "custom")),
          iotHubs: fc.array(text),
          customAllocation: none(fc.record({ webhookUrl: text, apiVersion: text })),
          etag: text,
          createdDateTimeUtc: text,
          lastUpdatedDateTimeUtc: text,
        }),
      ),
    ).toBeNull();
  });

  test("certificates", () => {
    expect(kept(certificate, leaf).fingerprint256).toBe(leaf.fingerprint256);
    const ca = {
      name: "root",
      certificate: leaf,
      isVerified: true,
      verificationCode: undefined,
      etag: "e",
      createdMs: 1,
      updatedMs: 2,
    };
    const back = kept(caCodec, ca);
    expect(back.certificate.raw.equals(leaf.raw)).toBe(true);
    expect({ ...back, certificate: leaf }).toEqual(ca);
    expect(z.safeDecode(certificate, "bm8=").success).toBe(false);
  });

  test("identities with their twins", () => {
    const section = fc.record({ value: jsonObject, metadata: jsonObject, version: fc.nat() });
    expect(
      lost(
        deviceCodec,
        fc.record({
          deviceId: text,
          generationId: text,
          etag: text,
          enabled: fc.boolean(),
          statusReason: none(text),
          statusUpdatedTime: text,
          credential,
          iotEdge: fc.boolean(),
          deviceScope: none(text),
          parentScopes: fc.array(text),
          modelId: text,
          twin: fc.record({
            tags: jsonObject,
            desired: section,
            reported: section,
            version: fc.nat(),
          }),
        }),
      ),
    ).toBeNull();
  });

  test("access policies", () => {
    expect(
      lost(
        accessPolicyCodec,
        fc.record({
          name: text,
          primaryKey: text,
          secondaryKey: text,
          rights: fc.subarray([...HUB_RIGHTS, ...DPS_RIGHTS]),
        }),
      ),
    ).toBeNull();
  });

  test("cloud-to-device messages", () => {
    expect(
      lost(
        commandCodec,
        fc.record({
          message: fc.record(
            {
              messageId: text,
              correlationId: text,
              userId: text,
              contentType: text,
              contentEncoding: text,
              acknowledgment: fc.constantFrom(...ACKNOWLEDGMENTS),
              expiryTime: text,
              properties: fc
                .array(fc.tuple(text, fc.option(text)))
                .map((pairs) => new Map<string, string | null>(pairs)),
              body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
            },
            { requiredKeys: ["messageId", "properties", "body"] },
          ),
          packetId: fc.integer({ min: 1, max: 65_535 }),
          expiresMs: time,
          deliveryCount: fc.nat(),
          lockedUntilMs: fc.oneof(time, fc.constant(Infinity)),
        }),
      ),
    ).toBeNull();
    expect(kept(ms, Infinity)).toBe(Infinity);
  });

  test("devices of jobs", () => {
    const times = { updatedMs: time, startMs: time, endMs: time };
    expect(
      lost(
        deviceJobCodec,
        fc.oneof(
          fc.record({ status: fc.constant("pending" as const), updatedMs: time }),
          fc.record({ status: fc.constant("running" as const), updatedMs: time, startMs: time }),
          fc.record({
            status: fc.constant("completed" as const),
            ...times,
            response: none(fc.record({ status: fc.nat(), payload: json })),
          }),
          fc.record({
            status: fc.constant("failed" as const),
            ...times,
            startMs: none(time),
            code: text,
            description: text,
          }),
        ),
      ),
    ).toBeNull();
  });
});

test("a job comes back with its condition, and one that is none is refused", () => {
  const job = {
    createdMs: 1,
    progress: { phase: "queued", deadlineMs: undefined, hasFoundDevices: false, end: undefined },
    request: {
      jobId: "j",
      action: { type: "scheduleUpdateTwin", patch: { tags: { a: 1 } }, ifMatch: undefined },
      queryCondition: "tags.site = 'north'",
      matches: () => false,
      startMs: undefined,
      maxExecutionTimeS: 5,
    },
  } as const;
  const { request } = kept(jobCodec, job);
  expect(request).toMatchObject({ jobId: "j", action: job.request.action });
  expect([{ site: "north" }, { site: "south" }].map((tags) => request.matches({ tags }))).toEqual([
    true,
    false,
  ]);
  const broken = { ...job, request: { ...job.request, queryCondition: "tags.site =" } };
  expect(() => kept(jobCodec, broken)).toThrow("at character 12");
});

test("routing comes back with its conditions, and one that is none is refused", () => {
  const written = JSON.stringify({
    settings: {
      eventHubs: [{ name: "alerts", description: { id: 1 } }],
      storageContainers: [{ name: "log", description: { containerName: "logs" } }],
      routes: [
        { name: "hot", condition: "level = 'high'", endpointName: "alerts", isEnabled: true },
      ],
      fallbackRoute: { name: "f", condition: "true", endpointName: "events", isEnabled: false },
    },
    etag: "e",
    endpoints: [
      { name: "events", number: 0, partitions: 4 },
      { name: "alerts", number: 3, partitions: 2 },
    ],
    nextNumber: 4,
  });
  const routing = z.decode(routingCodec, JSON.parse(written));
  expect(routing.settings.routes[0]?.expression).toMatchObject({ kind: expect.any(String) });
  expect(JSON.stringify(z.encode(routingCodec, routing))).toBe(written);
  const broken = JSON.parse(written.replace("level = 'high'", "level ="));
  expect(z.safeDecode(routingCodec, broken).success).toBe(false);
});
