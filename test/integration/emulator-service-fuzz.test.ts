import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, fuzzedEmulator } from "../support/service-fuzz.ts";
import { serviceClients } from "./emulator-service-clients.ts";

test("whatever is asked of the service APIs, the answer is in their form, no failure, and they go on", async () => {
  await using fuzzed = await fuzzedEmulator();
  await fc.assert(
    fc.asyncProperty(fc.array(fuzzed.requests, { minLength: 1, maxLength: 12 }), async (odd) => {
      const answers = await Promise.all(odd.map((one) => fuzzed.ask(one)));
      expect(answers.map(failureOf)).toEqual(odd.map(() => undefined));
    }),
    // The same every time; test/long goes further.
    { numRuns: 60, seed: 1 },
  );
  using clients = serviceClients(fuzzed.world);
  const { responseBody } = await clients.registry.create({ deviceId: "still-here" });
  expect(responseBody.deviceId).toBe("still-here");
});
