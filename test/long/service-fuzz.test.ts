import fc from "fast-check";
import { expect, test } from "vitest";
import { serviceClients } from "../integration/emulator-service-clients.ts";
import { failureOf, fuzzedEmulator } from "../support/service-fuzz.ts";

test("thousands of odd requests leave the service APIs as they should be", async () => {
  await using fuzzed = await fuzzedEmulator();
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(fuzzed.requests, { minLength: 10, maxLength: 40 }), async (odd) => {
      const answers = await Promise.all(odd.map((one) => fuzzed.ask(one)));
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(answers.map(failureOf)).toEqual(odd.map(() => undefined));
    }),
    { numRuns: 600 },
  );
  // The requests are odd, and not all of them nonsense.
  for (const status of [200, 204, 400, 404, 405, 412, 501])
    expect(statuses.get(status), `requests that were answered ${status}`).toBeGreaterThan(0);
  using clients = serviceClients(fuzzed.world);
  const { responseBody } = await clients.registry.create({ deviceId: "still-here" });
  expect(responseBody.deviceId).toBe("still-here");
});
