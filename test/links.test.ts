import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** Folders that hold nothing of ours. */
const FOREIGN = new Set(["node_modules", "dist", ".git", "runs"]);

function pages(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : pages(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** Targets of links that stay in the repository, without the part behind `#`. */
const linksOf = (page: string): readonly string[] =>
  [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));

/** Files of ours that a page names in code, such as `src/run/run.ts`. */
const filesOf = (page: string): readonly string[] =>
  [
    ...readFileSync(page, "utf8").matchAll(/`((?:src|docs|test|scripts|scenarios)\/[\w./-]+)`/g),
  ].map(([, path = ""]) => path);

test("every relative link of every page leads somewhere", () => {
  const broken = pages(".").flatMap((page) =>
    linksOf(page)
      .filter((target) => !existsSync(join(dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every file that a page names is there", () => {
  const broken = pages(".").flatMap((page) =>
    filesOf(page)
      .filter((path) => !existsSync(path))
      .map((path) => `${page}: ${path}`),
  );
  expect(broken).toEqual([]);
});
