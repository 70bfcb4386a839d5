import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import { signingCertificates, symmetricKeys } from "./support/entries.ts";
import { askDps } from "./support/service-call.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const refused = (status: number, errorCode: number) => ({
  status,
  headers: { "x-ms-error-code": String(errorCode) },
  body: expect.stringContaining(`"errorCode":${errorCode}`),
});

describe("Registration records (REST API of the DPS service, 2021-10-01, Device Registration State)", () => {
  test("a record is deleted only where the ETag fits, and the device may register again", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const id = my.name("record");
    const symmetricKey = newSymmetricKey();
    await my.individual(id, symmetricKeys(symmetricKey, symmetricKey));
    await world.register(id, { symmetricKey });
    const { responseBody: stale } = await dps.getDeviceRegistrationState(id.toUpperCase());
    await world.register(id, { symmetricKey });
    const { responseBody: record } = await dps.getDeviceRegistrationState(id);
    expect(record.etag).not.toBe(stale.etag);
    await expect(dps.deleteDeviceRegistrationState(stale)).rejects.toMatchObject({
      name: "InvalidEtagError",
    });
    await dps.deleteDeviceRegistrationState(record);
    await expect(dps.getDeviceRegistrationState(id)).rejects.toMatchObject({
      response: { statusCode: 404 },
      responseBody: expect.stringContaining('"errorCode":404202'),
    });
    await world.register(id, { symmetricKey });
    const { responseBody: again } = await dps.getDeviceRegistrationState(id);
    expect(again).toMatchObject({ status: "assigned", substatus: "initialAssignment" });
  });

  test("the records of a group outlive it", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const [group, id] = [my.name("gone"), my.name("left")];
    await my.group(group, signingCertificates(world.pki.intermediate.certificatePem));
    await world.register(id, await world.pki.leaf(id));
    await dps.deleteEnrollmentGroup(group);
    expect((await dps.getDeviceRegistrationState(id)).responseBody.status).toBe("assigned");
  });
});

describe("Enrollment groups (REST API of the DPS service, 2021-10-01)", () => {
  test("an enrollment group is created, read, replaced and deleted", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const id = my.name("Group");
    const initialTwin = { tags: { site: "cave" }, properties: { desired: { fan: "on" } } };
    const attestation = signingCertificates(world.pki.otherRoot.certificatePem);
    const made = await my.group(id, attestation, { initialTwin });
    const { responseBody: read } = await dps.getEnrollmentGroup(id.toLowerCase());
    expect(read).toEqual(made);
    expect(read).toMatchObject({
      enrollmentGroupId: id,
      provisioningStatus: "enabled",
      initialTwin,
      createdDateTimeUtc: expect.stringMatching(/Z$/),
      attestation: {
        type: "x509",
        x509: {
          signingCertificates: {
            primary: {
              info: { sha1Thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/), version: 3 },
            },
          },
        },
      },
    });
    const { responseBody: written } = await dps.createOrUpdateEnrollmentGroup({
      ...read,
      provisioningStatus: "disabled",
    });
    expect(written).toMatchObject({ provisioningStatus: "disabled", initialTwin });
    await expect(dps.createOrUpdateEnrollmentGroup(read)).rejects.toMatchObject({
      name: "InvalidEtagError",
    });
    await dps.deleteEnrollmentGroup(id);
    await expect(dps.getEnrollmentGroup(id)).rejects.toMatchObject({
      response: { statusCode: 404 },
      responseBody: expect.stringContaining('"errorCode":404204'),
    });
  });

  test("a refusal has number, tracking ID, message and time, and the number in x-ms-error-code", async () => {
    await using my = world.entries();
    const answer = await askDps(world, { method: "GET", path: `/enrollments/${my.name("none")}` });
    expect(answer).toMatchObject(refused(404, 404201));
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(answer.body)).toMatchObject({
      trackingId: expect.any(String),
      message: expect.any(String),
      timestampUtc: expect.stringMatching(/Z$/),
    });
  });
});
