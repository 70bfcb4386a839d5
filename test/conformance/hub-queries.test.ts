import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entries } from "./support/entries.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { runQuery, thumbprintOf, untilIndexed } from "./support/twins.ts";

let target: Target;
let my: Entries;
/** The condition that picks this file's twins on a hub that others use too. */
let mine: string;
/** Device ids by the letters that the tests call them. */
const ids = new Map<string, string>();
const idOf = (letter: string): string => ids.get(letter) ?? "";

const TWINS = {
  a: {
    tags: { site: "A", floor: 1, "room-no": "r 1", list: ["x", "y"], roof: true, at: { n: 1 } },
    properties: { desired: { interval: 30 } },
  },
  b: { tags: { site: "A", floor: 2 }, properties: { desired: { interval: 60 } } },
  c: { tags: { site: "B", floor: 3, roof: "none" } },
  d: { tags: { note: 'it\'s "fine"' } },
};

beforeAll(async () => {
  target = await conformanceTarget();
  my = target.entries();
  const run = my.name("run");
  mine = `tags.run = '${run}'`;
  const authentication = thumbprintOf(await target.pki.leaf(my.name("any")));
  for (const [letter, { tags, ...rest }] of Object.entries(TWINS)) {
    const id = my.name(`query-${letter}`);
    ids.set(letter, id);
    await my.identity(id, authentication, { status: letter === "c" ? "disabled" : "enabled" });
    const patch = { tags: { ...tags, run }, ...rest };
    await target.clients.registry.updateTwin(id, patch, "*");
  }
  const id = my.name("query-e");
  ids.set("e", id);
  const leaf = await target.pki.leaf(id);
  await my.identity(id, thumbprintOf(leaf));
  await target.clients.registry.updateTwin(id, { tags: { run } }, "*");
  await using device = await hubDevice(target, id, leaf, { modelId: "dtmi:com:example:Cave;1" });
  await report(await device.client.getTwin(), { temperature: 21.5, state: { fan: "on" } });
  await untilIndexed(target, `${mine} AND is_defined(properties.reported.temperature)`, 1);
  await untilIndexed(target, mine, 5);
});
afterAll(async () => {
  await my[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

/** The letters of the twins that a condition selects. */
async function selected(condition: string): Promise<string> {
  const text = `SELECT * FROM devices WHERE ${mine} AND (${condition})`;
  const found = (await runQuery(target, text)).items.map((twin) => twin["deviceId"]);
  const letters = [...ids].filter(([, id]) => found.includes(id)).map(([letter]) => letter);
  expect(found).toHaveLength(letters.length);
  return letters.join("");
}

const LANGUAGE =
  "IoT Hub query language for device and module twins, jobs, and message routing (Microsoft Learn";

describe(`${LANGUAGE}, "WHERE clause")`, () => {
  test.for([
    ["tags.site = 'A'", "ab"],
    ['tags.site = "A"', "ab"],
    ["tags.site != 'A'", "c"],
    ["tags.site <> 'A'", "c"],
    ["tags.floor > 1", "bc"],
    ["tags.floor >= 2", "bc"],
    ["tags.floor < 2", "a"],
    ["tags.floor <= 2", "ab"],
    ["tags.roof = true", "a"],
    ["tags.at.n = 1", "a"],
    ["properties.desired.interval = 60", "b"],
    ["properties.reported.temperature > 21 AND properties.reported.state.fan = 'on'", "e"],
    ["status = 'disabled'", "c"],
    ["connectionState = 'Connected' OR status = 'enabled'", "abde"],
    ["capabilities.iotEdge = false", "abcde"],
    ["version >= 1", "abcde"],
  ] as const)("the condition %s selects the twins that meet it", async ([condition, letters]) => {
    expect(await selected(condition)).toBe(letters);
  });

  test("a twin is found by its device id", async () => {
    expect(await selected(`deviceId = '${idOf("b")}'`)).toBe("b");
    expect(await selected(`deviceId IN ['${idOf("a")}', '${idOf("d")}', 'nobody']`)).toBe("ad");
  });

  test("a twin is found by its etag and by the model id that its device announced", async () => {
    const { responseBody: twin } = await target.clients.registry.getTwin(idOf("a"));
    expect(await selected(`etag = '${twin.etag}'`)).toContain("a");
    expect(await selected("modelId = 'dtmi:com:example:Cave;1'")).toBe("e");
  });

  test("times are compared as times", async () => {
    expect(await selected("lastActivityTime > '2020-01-01T00:00:00Z'")).toBe("e");
    expect(await selected("lastActivityTime < '2020-01-01T00:00:00Z'")).toBe("abcd");
    const updated = "properties.desired.$metadata.interval.$lastUpdated";
    expect(await selected(`${updated} > '2020-01-01T00:00:00.000Z'`)).toBe("ab");
    expect(await selected("properties.reported.$version > 1")).toBe("e");
  });
});

describe(`${LANGUAGE}, "Expressions and conditions")`, () => {
  test.for([
    ["tags.site = 'A' AND tags.floor = 1", "a"],
    ["tags.floor = 1 OR tags.floor = 3", "ac"],
    ["NOT (tags.site = 'A' OR tags.site = 'B')", "de"],
    ["tags.site = 'B' OR tags.site = 'A' AND tags.floor = 2", "bc"],
    ["(tags.site = 'B' OR tags.site = 'A') AND tags.floor = 2", "b"],
    ["tags.floor IN [1, 3]", "ac"],
    ["tags.site NIN ['B', 'C']", "ab"],
    ["tags.note = 'it\\'s \"fine\"'", "d"],
    ["tags.list[1] = 'y'", "a"],
    ["tags['room-no'] = 'r 1'", "a"],
    ["tags.[[room-no]] = 'r 1'", "a"],
    ["Tags.Site = 'A'", ""],
    ["tags.nowhere.at.all = 1", ""],
    ["tags.nowhere != 1", ""],
    ["tags.floor = '1'", ""],
    ["tags.floor * 2 - 1 = 5", "c"],
  ] as const)(
    "the expression %s holds for the twins that it is true of",
    async ([text, letters]) => {
      expect(await selected(text)).toBe(letters);
    },
  );

  test("keywords and the twin's own names may be in any case", async () => {
    const text = `select DeviceID from DEVICES where ${mine} and Status = 'disabled'`;
    expect((await runQuery(target, text)).items).toEqual([{ deviceId: idOf("c") }]);
  });
});

describe(`${LANGUAGE}, "Functions")`, () => {
  test.for([
    ["is_defined(tags.site)", "abc"],
    ["NOT IS_DEFINED(tags.site)", "de"],
    ["is_string(tags.roof)", "c"],
    ["is_bool(tags.roof)", "a"],
    ["is_number(tags.floor)", "abc"],
    ["is_object(tags.at)", "a"],
    ["is_array(tags.list)", "a"],
    ["is_null(tags.site)", ""],
    ["STARTSWITH(tags.note, 'it')", "d"],
    ["endswith(tags.note, '\"')", "d"],
    ["contains(tags.note, 'fine')", "d"],
    ["startswith(tags.floor, '1')", ""],
  ] as const)("the function in %s is evaluated for each twin", async ([text, letters]) => {
    expect(await selected(text)).toBe(letters);
  });
});

describe(`${LANGUAGE}, "SELECT clause")`, () => {
  test("SELECT * gives whole twins, which the client makes Twin objects of", async () => {
    const query = target.clients.registry.createQuery(
      `SELECT * FROM devices WHERE deviceId = '${idOf("a")}'`,
    );
    const { result: twins } = await query.nextAsTwin();
    const { responseBody: twin } = await target.clients.registry.getTwin(idOf("a"));
    expect(twins).toHaveLength(1);
    expect(twins[0]).toMatchObject({
      deviceId: idOf("a"),
      tags: twin.tags,
      properties: { desired: { interval: 30 } },
    });
    const { itemType } = await runQuery(target, `SELECT * FROM devices WHERE ${mine}`);
    expect(itemType).toBe("Twin");
  });

  test("a list gives objects of the selected values, named by AS", async () => {
    const text = `SELECT deviceId, tags.site AS place, properties.desired.interval AS pause
                  FROM devices WHERE ${mine} AND tags.floor > 1`;
    const { items, itemType } = await runQuery(target, text);
    expect(items).toHaveLength(2);
    expect(items).toContainEqual({ deviceId: idOf("b"), place: "A", pause: 60 });
    expect(items).toContainEqual({ deviceId: idOf("c"), place: "B" });
    expect(itemType).toBe("Raw");
  });

  test("COUNT gives the number of twins", async () => {
    const { items } = await runQuery(target, `SELECT COUNT() AS n FROM devices WHERE ${mine}`);
    expect(items).toEqual([{ n: 5 }]);
  });

  test("TOP limits the number of results", async () => {
    const { items } = await runQuery(target, `SELECT TOP 2 * FROM devices WHERE ${mine}`, 1);
    expect(items).toHaveLength(2);
  });
});

describe(`${LANGUAGE}, "GROUP BY clause")`, () => {
  test("COUNT with GROUP BY counts the twins of each value", async () => {
    const text = `SELECT tags.site AS site, COUNT() AS n FROM devices
                  WHERE ${mine} AND is_defined(tags.site) GROUP BY tags.site`;
    const { items } = await runQuery(target, text);
    expect(items).toHaveLength(2);
    expect(items).toContainEqual({ site: "A", n: 2 });
    expect(items).toContainEqual({ site: "B", n: 1 });
  });

  test("averages, sums, least and greatest are taken over each group", async () => {
    const text = `SELECT tags.site AS site, AVG(tags.floor) AS avg, SUM(tags.floor) AS sum,
                  MIN(tags.floor) AS low, MAX(tags.floor) AS high
                  FROM devices WHERE ${mine} AND tags.site = 'A' GROUP BY tags.site`;
    const { items } = await runQuery(target, text);
    expect(items).toEqual([{ site: "A", avg: 1.5, sum: 3, low: 1, high: 2 }]);
  });
});

describe('Query results and paging (azure-iothub, "Query"; swagger, "Query.GetTwins")', () => {
  test("pages of the asked size hold every twin once", async () => {
    const { items, pages } = await runQuery(target, `SELECT * FROM devices WHERE ${mine}`, 2);
    expect(pages).toBe(3);
    expect(new Set(items.map((twin) => twin["deviceId"]))).toEqual(new Set(ids.values()));
    expect(items).toHaveLength(5);
  });

  test("groups are paged too", async () => {
    const text = `SELECT tags.floor AS floor, COUNT() AS n FROM devices WHERE ${mine} GROUP BY tags.floor`;
    const { items, pages } = await runQuery(target, text, 3);
    expect(pages).toBe(2);
    expect(items).toHaveLength(4);
  });

  test("a twin that changes or goes between two pages repeats and hides no other", async () => {
    const doomed = my.name("query-0");
    const { registry } = target.clients;
    await my.identity(doomed, thumbprintOf(await target.pki.leaf(doomed)));
    await registry.updateTwin(doomed, { tags: { batch: doomed } }, "*");
    for (const letter of ["a", "b"])
      await registry.updateTwin(idOf(letter), { tags: { batch: doomed } }, "*");
    await untilIndexed(target, `tags.batch = '${doomed}'`, 3);
    const text = `SELECT * FROM devices WHERE tags.batch = '${doomed}'`;
    const query = registry.createQuery(text, 1);
    const seen = [(await query.nextAsTwin()).result[0]?.deviceId];
    await registry.delete(doomed);
    await registry.updateTwin(idOf("a"), { tags: { changed: true } }, "*");
    while (query.hasMoreResults)
      seen.push(...(await query.nextAsTwin()).result.map((twin) => twin.deviceId));
    expect(seen.filter((id) => id === idOf("a"))).toHaveLength(1);
    expect(seen.filter((id) => id === idOf("b"))).toHaveLength(1);
  });
});

describe(`${LANGUAGE}; "Understand and resolve Azure IoT Hub errors", 400)`, () => {
  test.for([
    "nonsense",
    "SELECT * FROM",
    "SELECT * FROM machines",
    "SELECT * FROM devices WHERE tags.a = ",
    "SELECT * FROM devices WHERE tags.a LIKE 'x'",
    "SELECT * FROM devices WHERE (tags.a = 1",
    "SELECT * FROM devices WHERE tags.a = 'x",
    "SELECT * FROM devices WHERE no_such_function(tags.a)",
  ])("what is no query is refused with 400: %s", async (text) => {
    const query = target.clients.registry.createQuery(text);
    await expect(query.nextAsTwin()).rejects.toMatchObject({
      name: "ArgumentError",
      response: { statusCode: 400 },
    });
  });
});
