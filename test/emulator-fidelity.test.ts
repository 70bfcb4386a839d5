import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { DPS_REQUEST_TOPICS, DPS_RESPONSES } from "../src/emulator/dps/topics.ts";
import { FILTERS, REQUEST_TOPICS } from "../src/emulator/hub/topics.ts";
import { MISSING_HUB_ROUTES } from "../src/emulator/service-api/missing-routes.ts";
import { emulatorForTest } from "./integration/emulator-wire.ts";
import { tellingRoutes } from "./support/service-routes.ts";

const PAGE = readFileSync("docs/emulator-fidelity.md", "utf8");

/** `dps: "a part of a title", "another"`: a test file by its short name, and what its titles say. */
const EVIDENCE = /([a-z][a-z0-9/-]*): ((?:"[^"]+"(?:, )?)+)/g;

/** Titles of tests, and the labels of their cases. */
const TITLE = /(?:^\s*test|\)|\[)\(?\s*"([^"\n]+)",/gm;

function fileOf(name: string): string {
  const integration = `test/integration/emulator-${name === "api" ? "service-api" : name}.test.ts`;
  if (existsSync(integration)) return integration;
  const conformance = `test/conformance/${name}.test.ts`;
  return existsSync(conformance) ? conformance : `test/unit/emulator/${name}.test.ts`;
}

const titlesOf = (file: string): string[] =>
  existsSync(file)
    ? [...readFileSync(file, "utf8").matchAll(TITLE)].map(([, title]) => title ?? "")
    : [];

const evidenceOf = (text: string): (readonly [name: string, title: string])[] =>
  [...text.matchAll(EVIDENCE)].flatMap(([, name = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => [name, title] as const),
  );

test("every row that claims to be as Azure names a test", () => {
  const rows = PAGE.split("\n").filter((line) => /^\|[^|]+\| same\b/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => evidenceOf(row).length === 0)).toEqual([]);
});

const isShown = (row: string): boolean =>
  evidenceOf(row).some(([name]) => fileOf(name).startsWith("test/conformance/")) ||
  /option `\w+Ms`/.test(row);

test("every row that claims it without a doubt names a conformance test, or a time that only tests shorten", () => {
  const rows = PAGE.split("\n").filter((line) => /^\|[^|]+\| same +\|/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !isShown(row))).toEqual([]);
});

test("every test that the page names exists", () => {
  const missing = evidenceOf(PAGE).filter(
    ([name, part]) => !titlesOf(fileOf(name)).some((title) => title.includes(part)),
  );
  expect(missing).toEqual([]);
});

/** Of a row: what it is about, and whether the emulator has it. */
const ROWS = [...PAGE.matchAll(/^\| (?!operation )([^|]+) \| (same|differs|–)/gm)].map(
  ([, operation = "", here]) => ({ operation, isThere: here !== "–" }),
);

/** `GET, PUT /devices/{id}`: one path with its verbs. */
const PATHS =
  /\b((?:GET|PUT|POST|PATCH|DELETE)(?:, (?:GET|PUT|POST|PATCH|DELETE))*) ([/…][^\s,|]*)/g;

const MANAGEMENT = "/subscriptions/{}/resourcegroups/{}/providers/microsoft.devices";

/** Names of parameters and case make no difference. */
const plain = (method: string, path: string): string =>
  `${method} ${path.replaceAll(/:\w+|\{\w+\}/g, "{}").toLowerCase()}`;

/** What the page says of paths: those that are there, or those that are not. */
const pathsOnPage = (isThere: boolean): string[] =>
  ROWS.filter((row) => row.isThere === isThere).flatMap(({ operation }) =>
    [...operation.matchAll(PATHS)].flatMap(([, methods = "", path = ""]) =>
      methods
        .split(", ")
        .flatMap((method) => resources(path.replace(/:$/, "")).map((one) => plain(method, one))),
    ),
  );

/** A path of the resource manager written out, of both kinds of resources where it is of both. */
function resources(path: string): string[] {
  const full = path.replace("…", MANAGEMENT);
  return full.includes("{resource}")
    ? ["provisioningServices/{name}", "IotHubs/{name}"].map((r) => full.replace("{resource}", r))
    : [full];
}

let known: readonly string[];
beforeAll(async () => {
  const { log, routes } = tellingRoutes();
  await using _ = await emulatorForTest({ log });
  // The router adds HEAD to each GET.
  known = routes.filter(({ method }) => method !== "HEAD").map((r) => plain(r.method, r.url));
});

const missing = MISSING_HUB_ROUTES.map(([method, url]) => plain(method, url));

test("every path that the emulator knows has its row, and every row's path is known", () => {
  const there = known.filter((path) => !missing.includes(path));
  expect(there.length).toBeGreaterThan(50);
  expect(pathsOnPage(true).toSorted()).toEqual(there.toSorted());
});

test("every path that answers 501 stands as not there, and no other", () => {
  expect(pathsOnPage(false).toSorted()).toEqual(missing.toSorted());
});

test("every topic and filter has its row, and every row's topic is known", () => {
  const topics = [...Object.values(REQUEST_TOPICS), ...Object.values(DPS_REQUEST_TOPICS)];
  const onPage = ROWS.filter(({ isThere }) => isThere).flatMap(({ operation }) =>
    [...operation.matchAll(/`((?:\$iothub|\$dps|devices)\/[^`]+)`/g)].map(
      ([, topic = ""]) => topic,
    ),
  );
  expect(onPage.toSorted()).toEqual([...topics, ...FILTERS, DPS_RESPONSES].toSorted());
});
