import { expect, test } from "vitest";
import { parseLogQuery } from "../../../../src/emulator/service-api/admin/log-query.ts";

test("without anything all records are wanted, up to now", () => {
  expect(parseLogQuery({})).toEqual({ categories: undefined, from: "earliest", follow: false });
});

test("categories are divided by commas, or given one by one", () => {
  const categories = new Set(["Connections", "DirectMethods"]);
  expect(parseLogQuery({ category: "Connections,DirectMethods" })).toMatchObject({ categories });
  expect(parseLogQuery({ category: ["Connections", "DirectMethods"] })).toMatchObject({
    categories,
  });
});

test("a time is one with an offset, or a date in UTC", () => {
  expect(parseLogQuery({ from: "1970-01-01T00:00:01Z" })).toMatchObject({ from: 1000 });
  expect(parseLogQuery({ from: "1970-01-02", follow: "true" })).toMatchObject({
    from: 86_400_000,
    follow: true,
  });
});

test("all that is wrong is told at once", () => {
  const wrong = { category: "Connections,Secrets", from: "yesterday", follow: "yes", hub: "a" };
  const telling = (): unknown => parseLogQuery(wrong);
  expect(telling).toThrow(/category.*expected one of Connections, .*, got Secrets/);
  expect(telling).toThrow(/from: expected earliest, latest or an ISO 8601 time/);
  expect(telling).toThrow(/follow/);
  expect(telling).toThrow(/hub/);
});
