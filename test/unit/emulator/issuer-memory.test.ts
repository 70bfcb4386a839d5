import fc from "fast-check";
import { expect, test } from "vitest";
import { IssuerMemory } from "../../../src/emulator/issuer-memory.ts";

const issuer = (name: string, length = 600) => ({
  fingerprint: name,
  raw: Buffer.alloc(length, name),
});

test("the issuers of a leaf are those that were shown last", () => {
  const memory = new IssuerMemory();
  expect(memory.find("leaf")).toBeUndefined();
  memory.remember("leaf", [issuer("a"), issuer("root")]);
  memory.remember("leaf", [issuer("b")]);
  expect(memory.find("leaf")).toEqual([issuer("b").raw]);
  memory.remember("leaf", []);
  expect(memory.find("leaf")).toEqual([]);
});

test("the leaves of a CA share its certificates", () => {
  const memory = new IssuerMemory();
  memory.remember("leaf 0", [issuer("ca", 100_000)]);
  const first = memory.bytes;
  for (let n = 1; n < 1000; n++) memory.remember(`leaf ${n}`, [issuer("ca", 100_000)]);
  expect(memory.bytes - first).toBeLessThan(999 * 1000);
  expect(memory.find("leaf 0")?.[0]).toBe(memory.find("leaf 999")?.[0]);
});

test("beyond its bound it forgets the leaves that were shown longest ago", () => {
  const memory = new IssuerMemory(3000);
  for (const name of ["a", "b", "c", "a", "d"]) memory.remember(name, [issuer(`ca of ${name}`)]);
  expect(memory.bytes).toBeLessThanOrEqual(3000);
  expect(["a", "b", "c", "d"].filter((name) => memory.find(name) !== undefined)).toEqual([
    "a",
    "d",
  ]);
});

test("whatever is shown, the bound holds, and what is forgotten costs nothing", () => {
  const shown = fc.record({
    leaf: fc.constantFrom("a", "b", "c", "d", "e"),
    issuers: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(shown), fc.integer({ min: 1, max: 5000 }), (all, maxBytes) => {
      const memory = new IssuerMemory(maxBytes);
      for (const { leaf, issuers } of all) {
        memory.remember(
          leaf,
          issuers.map((name) => issuer(name)),
        );
        expect(memory.bytes).toBeLessThanOrEqual(maxBytes);
        expect(memory.bytes).toBeGreaterThanOrEqual(0);
      }
      const last = all.at(-1);
      const shownLast = last?.issuers.map((name) => issuer(name).raw);
      // Forgotten at once where it alone is beyond the bound.
      expect([undefined, shownLast]).toContainEqual(memory.find(last?.leaf ?? ""));
      const isEmpty = ["a", "b", "c", "d", "e"].every((leaf) => memory.find(leaf) === undefined);
      expect(memory.bytes === 0).toBe(isEmpty);
    }),
  );
});
