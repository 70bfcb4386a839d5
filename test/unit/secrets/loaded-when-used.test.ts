import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Together they take as long to load as all the rest of the program. */
const PACKAGES = /^import (?!type).*"(@azure\/[^"]+)"/gm;

test("Microsoft's packages for vaults are loaded only where a secret is read from one", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const loaded = files.flatMap((name) => {
    const text = readFileSync(`src/${name}`, "utf8");
    const statically = [...text.matchAll(PACKAGES)].map(([, found]) => `${name}: ${found ?? ""}`);
    const reader = /^import (?!type).*"(.*\/key-vault\.ts)"/gm.test(text);
    return reader ? [...statically, `${name}: key-vault.ts`] : statically;
  });
  expect(files).toContain("secrets/key-vault.ts");
  expect(loaded).toEqual([]);
});
