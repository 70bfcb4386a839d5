import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { makeReportData } from "../../../../src/report/html/make-report-data.ts";
import { reportHtml } from "../../../../src/report/html/report-html.tsx";
import { reportSource } from "../../../support/report-source.ts";
import { documentProblems, hasXmllint } from "../../../support/xmllint.ts";

const page = (...given: Parameters<typeof reportSource>): string =>
  reportHtml(makeReportData(reportSource(...given)));

const idsIn = (html: string): readonly string[] =>
  Array.from(html.matchAll(/<section id="([^"]+)"/g), ([, id]) => id ?? "");

test("the page has every part, in the order in which one reads", () => {
  const html = page();
  expect(idsIn(html)).toEqual([
    "verdict",
    "funnel",
    "time",
    "latencies",
    "splits",
    "messages",
    "twins",
    "failures",
    "alerts",
    "slowest",
    "generator",
    "configuration",
  ]);
  expect(html).toContain("✗ </span>failed");
  expect(html).toContain("1 of 2 thresholds failed · exit code 99");
  expect(html).toContain("○ not measured");
  expect(html).toContain("DPS began to throttle, first cave-2");
  expect(html).toContain("shows which link of the chain fails");
  expect(html).toContain("401002");
  expect(html).toContain("By phase of the run, in its order");
  expect(html.indexOf(">warm up<")).toBeLessThan(html.indexOf(">load<"));
  expect(html).toContain("The generator was not the limit.");
  expect(html).toContain("machine, of all cores: at most 25 %");
});

test("what was not measured is a dash, never a number", () => {
  const html = page();
  // The ledger could not be read, and a 99.9th percentile wants a thousand values.
  expect(html).toContain("was not measured.");
  expect(html).toMatch(/<dt>missing<\/dt><dd>–<\/dd>/);
  expect(html).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
});

test("nothing is loaded, nothing runs, and the one style sheet is known by its hash", () => {
  const html = page();
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  const [, style = ""] = /<style>([^]*)<\/style>/.exec(html) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(policy.replaceAll("&#39;", "'")).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
  expect(html.match(/<style/g)).toHaveLength(1);
  expect(html).not.toMatch(/<(?:script|img|link|iframe|object|embed|base|form)\b/i);
  expect(html).not.toMatch(/\s(?:src|style|on\w+|xlink:\w+)=|url\(|@import|https?:\/\//i);
  const links = Array.from(html.matchAll(/href="([^"]*)"/g), ([, link = ""]) => link);
  expect(links.filter((link) => !idsIn(html).some((id) => link === `#${id}`))).toEqual([]);
});

test("every chart has a name and a description, every table a caption, ids are unique, headings in order", () => {
  const html = page();
  const ids = Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const labels = Array.from(html.matchAll(/aria-labelledby="([^"]+)"/g), ([, list]) => list ?? "");
  expect(labels.flatMap((list) => list.split(" ")).filter((id) => !ids.includes(id))).toEqual([]);
  expect(html.match(/role="img"/g)?.length).toBe(html.match(/<desc /g)?.length);
  expect(html.match(/<table>/g)?.length).toBe(html.match(/<caption>/g)?.length);
  expect(Array.from(html.matchAll(/<h(\d)/g), ([, level]) => level).join("")).toMatch(/^12+$/);
});

const tagsIn = (html: string): readonly string[] => html.match(/<\/?[a-z]\w*/g) ?? [];

const HOSTILE = `</style></title><script>alert("1")</script>&amp;'"><img src=x onerror=y>`;

test("no text of others is HTML, wherever it stands", () => {
  const hostile = {
    scenario: HOSTILE,
    device: HOSTILE,
    hub: HOSTILE,
    error: HOSTILE,
    alert: HOSTILE,
  };
  const [html, harmless] = [page(hostile), page()];
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain("&lt;script>");
  expect(tagsIn(html)).toEqual(tagsIn(harmless));
});

test.skipIf(!hasXmllint)("the page is well-formed, whatever texts it shows", () => {
  expect(documentProblems(page())).toBe("");
  expect(documentProblems(page({ device: HOSTILE, error: HOSTILE, alert: HOSTILE }))).toBe("");
  const odd = "\u0000\u001B[31m\u202E\uFFFF\uD800\u{1F600}\u0085";
  expect(documentProblems(page({ error: odd }))).toBe("");
});

test("a run that ended before it began has a page, too", () => {
  const source = reportSource();
  const course = { ...source.course, bins: [], marks: [], failures: [] };
  const html = reportHtml(makeReportData({ ...source, course }));
  expect(html).toContain("Nothing was measured over time");
});
