import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import type { EntryBody } from "./support/entries.ts";
import { symmetricKeys } from "./support/entries.ts";
import { askDps } from "./support/service-call.ts";
import type { HttpsAnswer } from "./support/target.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

type Bulk = Parameters<AttestationWorld["clients"]["dps"]["runBulkEnrollmentOperation"]>[0];

/** By Microsoft's client, whose promise never settles: it tells its result to a callback alone. */
async function runBulk(mode: string, enrollments: readonly EntryBody[]): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see EntryBody
  const bulk = { mode, enrollments } as unknown as Bulk;
  return await new Promise((resolve, reject) => {
    world.clients.dps.runBulkEnrollmentOperation(bulk, (error, result) =>
      error === null || error === undefined ? resolve(result) : reject(error),
    );
  });
}

const post = async (path: string, body: unknown): Promise<HttpsAnswer> =>
  await askDps(world, { method: "POST", path, body });

const entry = (registrationId: string, more: EntryBody = {}): EntryBody => ({
  registrationId,
  attestation: symmetricKeys(),
  ...more,
});
const DONE = { isSuccessful: true, errors: [] };
const failed = (...errors: readonly (readonly [registrationId: string, errorCode: number])[]) => ({
  isSuccessful: false,
  errors: errors.map(([registrationId, errorCode]) => ({
    registrationId,
    errorCode,
    errorStatus: expect.any(String),
  })),
});
const refused = (status: number, errorCode: number) => ({
  status,
  headers: { "x-ms-error-code": String(errorCode) },
  body: expect.stringContaining(`"errorCode":${errorCode}`),
});

describe("Bulk operations (REST API of the DPS service, 2021-10-01, Run Bulk Operation)", () => {
  test("individual enrollments are created, updated and deleted many at a time", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const ids = ["a", "b", "c"].map((name) => my.name(name));
    expect(
      await runBulk(
        "create",
        ids.map((id) => entry(id)),
      ),
    ).toEqual(DONE);
    const disabled = ids.map((id) => entry(id, { provisioningStatus: "disabled" }));
    expect(await runBulk("update", disabled)).toEqual(DONE);
    for (const id of ids) {
      const { responseBody } = await dps.getIndividualEnrollment(id);
      expect(responseBody.provisioningStatus).toBe("disabled");
    }
    expect(
      await runBulk(
        "delete",
        ids.map((id) => entry(id)),
      ),
    ).toEqual(DONE);
    for (const id of ids)
      await expect(dps.getIndividualEnrollment(id)).rejects.toMatchObject({
        response: { statusCode: 404 },
      });
  });

  test("what fails is told by registration ID and number, and keeps no other", async () => {
    await using my = world.entries();
    const [known, fresh, bad] = [my.name("known"), my.name("fresh"), my.name("bad")];
    await my.individual(known, symmetricKeys());
    const create = [entry(known), entry(bad, { attestation: { type: "x509" } }), entry(fresh)];
    expect(await runBulk("create", create)).toEqual(failed([known, 409201], [bad, 400004]));
    const update = [entry(known), entry(bad)];
    expect(await runBulk("update", update)).toEqual(failed([bad, 404201]));
    const remove = [entry(bad), entry(known), entry(fresh)];
    expect(await runBulk("delete", remove)).toEqual(failed([bad, 404201]));
  });

  test("updateIfMatchETag writes only where the ETag fits", async () => {
    await using my = world.entries();
    const id = my.name("match");
    const { etag: stale } = await my.individual(id, symmetricKeys());
    const { etag } = await my.individual(id, symmetricKeys());
    for (const mode of ["updateIfMatchEtag", "updateIfMatchETag"]) {
      expect(await runBulk(mode, [entry(id, { etag: stale })])).toEqual(failed([id, 412001]));
      expect(await runBulk(mode, [entry(id)])).toEqual(failed([id, 400004]));
    }
    expect(await runBulk("updateIfMatchETag", [entry(id, { etag })])).toEqual(DONE);
    await runBulk("delete", [entry(id)]);
  });

  test("enrollment groups are created and deleted many at a time too", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const ids = [my.name("group-1"), my.name("group-2")];
    const enrollmentGroups = ids.map((enrollmentGroupId) => ({
      enrollmentGroupId,
      attestation: symmetricKeys(),
    }));
    const run = async (mode: string): Promise<unknown> => {
      const answer = await post("/enrollmentGroups", { mode, enrollmentGroups });
      return JSON.parse(answer.body);
    };
    expect(await run("create")).toEqual(DONE);
    expect(await run("create")).toMatchObject({
      isSuccessful: false,
      errors: ids.map((enrollmentGroupId) => ({ enrollmentGroupId, errorCode: 409202 })),
    });
    expect((await dps.getEnrollmentGroup(ids[0] ?? "")).responseBody.enrollmentGroupId).toBe(
      ids[0],
    );
    expect(await run("delete")).toEqual(DONE);
    expect(await run("update")).toMatchObject({
      errors: ids.map((enrollmentGroupId) => ({ enrollmentGroupId, errorCode: 404204 })),
    });
  });

  test("a list of more than 10 enrollments is refused", async () => {
    const many = Array.from({ length: 11 }, (_, n) => entry(`many-${n}`));
    expect(await post("/enrollments", { mode: "create", enrollments: many })).toMatchObject(
      refused(400, 400205),
    );
  });

  test("a registration ID may be in the list only once", async () => {
    const twice = [entry("twice"), entry("TWICE")];
    expect(await post("/enrollments", { mode: "create", enrollments: twice })).toMatchObject(
      refused(400, 400206),
    );
  });

  test.for<readonly [string, unknown]>([
    ["no list", { mode: "create" }],
    ["an empty list", { mode: "create", enrollments: [] }],
    ["an entry that is no object", { mode: "create", enrollments: ["x"] }],
    ["an entry without ID", { mode: "create", enrollments: [{}] }],
    ["a mode that is none", { mode: "replace", enrollments: [entry("x")] }],
    ["text that is no JSON", "{"],
  ])("a bulk operation with %s is refused with 400", async ([, body]) => {
    expect(await post("/enrollments", body)).toMatchObject(refused(400, 400004));
  });
});
