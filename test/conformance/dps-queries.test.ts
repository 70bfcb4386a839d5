import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import { signingCertificates, symmetricKeys } from "./support/entries.ts";
import { askDps } from "./support/service-call.ts";
import type { HttpsAnswer } from "./support/target.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const post = async (path: string, body: unknown): Promise<HttpsAnswer> =>
  await askDps(world, { method: "POST", path, body });

const refused = (status: number, errorCode: number) => ({
  status,
  headers: { "x-ms-error-code": String(errorCode) },
  body: expect.stringContaining(`"errorCode":${errorCode}`),
});

const page = z.object({ responseBody: z.array(z.record(z.string(), z.unknown())) });

interface Query {
  readonly hasMoreResults: boolean;
  readonly continuationToken: string;
  next(continuationToken: string): Promise<unknown>;
}

/** All items of a query, by its pages. */
async function pagesOf(query: Query): Promise<readonly (readonly Record<string, unknown>[])[]> {
  const pages = [];
  do {
    // Without an argument Microsoft's client would ask for the first page again.
    pages.push(page.parse(await query.next(query.continuationToken ?? "")).responseBody);
  } while (query.hasMoreResults);
  return pages;
}

describe("Queries (REST API of the DPS service, 2021-10-01, Query)", () => {
  test("individual enrollments are listed page by page, without their registration states", async () => {
    await using my = world.entries();
    const ids = [1, 2, 3].map((n) => my.name(`query-${n}`));
    const symmetricKey = newSymmetricKey();
    for (const id of ids) await my.individual(id, symmetricKeys(symmetricKey, symmetricKey));
    await world.register(ids[0] ?? "", { symmetricKey });
    const query = world.clients.dps.createIndividualEnrollmentQuery({ query: "*" }, 2);
    const pages = await pagesOf(query);
    for (const items of pages) expect(items.length).toBeLessThanOrEqual(2);
    const mine = pages.flat().filter(({ registrationId }) => ids.includes(String(registrationId)));
    expect(mine.map(({ registrationId }) => String(registrationId)).toSorted()).toEqual(ids);
    for (const item of mine) {
      expect(item).toMatchObject({
        attestation: { type: "symmetricKey" },
        etag: expect.any(String),
      });
      expect(item).not.toHaveProperty("registrationState");
      expect(JSON.stringify(item)).not.toContain(symmetricKey);
    }
  });

  test("enrollment groups are listed page by page", async () => {
    await using my = world.entries();
    const ids = ["g-a", "G-b"].map((name) => my.name(name));
    for (const id of ids) await my.group(id, symmetricKeys());
    const pages = await pagesOf(world.clients.dps.createEnrollmentGroupQuery({ query: "*" }, 1));
    for (const items of pages) expect(items.length).toBeLessThanOrEqual(1);
    const listed = pages.flat().map(({ enrollmentGroupId }) => String(enrollmentGroupId));
    expect(listed.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
  });

  test("the registration states of a group's devices are listed by the group", async () => {
    await using my = world.entries();
    const group = my.name("fleet");
    const ids = ["r-1", "r-2"].map((name) => my.name(name));
    await my.group(group, signingCertificates(world.pki.intermediate.certificatePem));
    for (const id of ids) await world.register(id, await world.pki.leaf(id));
    const { dps } = world.clients;
    const spec = { query: "*" };
    const pages = await pagesOf(
      dps.createEnrollmentGroupDeviceRegistrationStateQuery(spec, group, 1),
    );
    expect(pages.flat()).toMatchObject(
      ids.map((registrationId) => ({ registrationId, assignedHub: world.hub, status: "assigned" })),
    );
    const unknown = dps.createEnrollmentGroupDeviceRegistrationStateQuery(spec, my.name("none"), 1);
    await expect(unknown.next("")).rejects.toMatchObject({ response: { statusCode: 404 } });
  });

  test("an entry that goes between two pages neither repeats nor hides another", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const ids = [1, 2, 3, 4].map((n) => my.name(`stable-${n}`));
    for (const id of ids) await my.individual(id, symmetricKeys());
    const seen: string[] = [];
    const query = dps.createIndividualEnrollmentQuery({ query: "*" }, 1);
    do {
      const { responseBody } = page.parse(await query.next(query.continuationToken ?? ""));
      seen.push(...responseBody.map(({ registrationId }) => String(registrationId)));
      if (seen.at(-1) === ids[1]) await dps.deleteIndividualEnrollment(ids[1] ?? "");
    } while (query.hasMoreResults);
    expect(seen.filter((id) => ids.includes(id)).toSorted()).toEqual(ids);
  });

  test("a page tells what it holds, and the last one has no continuation", async () => {
    await using my = world.entries();
    const group = my.name("headers");
    await my.group(group, symmetricKeys());
    await my.individual(my.name("one"), symmetricKeys());
    await my.individual(my.name("two"), symmetricKeys());
    for (const [path, itemType] of [
      ["/enrollments/query", "enrollment"],
      ["/enrollmentGroups/query", "enrollmentGroup"],
      [`/registrations/${group}/query`, "deviceRegistration"],
    ] as const) {
      const { headers } = await post(path, { query: "SELECT *" });
      expect(String(headers["x-ms-item-type"]).toLowerCase()).toBe(itemType.toLowerCase());
      expect(headers).not.toHaveProperty("x-ms-continuation");
    }
    const first = await askDps(world, {
      method: "POST",
      path: "/enrollments/query",
      headers: { "x-ms-max-item-count": "1" },
      body: { query: "SELECT * FROM enrollments" },
    });
    expect(first.headers).toMatchObject({
      "x-ms-continuation": expect.any(String),
      "x-ms-max-item-count": "1",
    });
  });

  test.for<readonly [string, string, unknown]>([
    ["enrollments", "/enrollments/query", "SELECT * FROM enrollments"],
    ["enrollments", "/enrollments/query", "select *"],
    ["enrollmentGroups", "/enrollmentGroups/query", "SELECT * FROM enrollmentGroups"],
  ])("all %s are asked for at %s by %s", async ([, path, query]) => {
    expect((await post(path, { query })).status).toBe(200);
  });

  test.for<readonly [string, unknown]>([
    ["another source", { query: "SELECT * FROM devices" }],
    ["a list of names", { query: "SELECT registrationId FROM enrollments" }],
    ["no text", {}],
    ["a number", { query: 7 }],
    ["text that is no JSON", "SELECT *"],
  ])("a query with %s is refused with 400", async ([, body]) => {
    expect(await post("/enrollments/query", body)).toMatchObject(refused(400, 400004));
  });

  test("a page size or a continuation that cannot be is refused with 400", async () => {
    for (const headers of [
      { "x-ms-max-item-count": "0" },
      { "x-ms-max-item-count": "many" },
      { "x-ms-continuation": "elsewhere" },
    ])
      expect(
        await askDps(world, {
          method: "POST",
          path: "/enrollments/query",
          headers,
          body: { query: "*" },
        }),
      ).toMatchObject(refused(400, 400004));
  });
});
