import { expect, test } from "vitest";

import { shownOverrides, shownScenario } from "../../../src/run/shown-scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { secretSearch } from "../../support/secret-search.ts";

const KEY = "c2VjcmV0LWtleS1vZi1hLWRldmljZS1ub3QtdG8tYmUtc2hvd24=";
const scenario = parseScenario(
  `name: small
provisioning: { group: caves }
fleet:
  - model: cheese-cave
    count: 2
    registrationId: cave-{n}
    credentials: { format: pem, key: p384 }
    settings:
      signal: classic
      password: hunter2-hunter2
      backend: "HostName=h;SharedAccessKeyName=n;SharedAccessKey=${KEY}"
      proxy: "http://me:open-sesame@proxy.example"
`,
  "small.yaml",
);

test("what has the looks of a secret is taken out of a scenario that is shown, whatever a model calls it", () => {
  const shown = JSON.stringify(shownScenario(scenario));
  const secrets = { KEY, password: "hunter2-hunter2", proxy: "open-sesame" };
  const search = secretSearch(Object.entries(secrets).map(([name, value]) => ({ name, value })));
  expect(search(JSON.stringify(scenario))).toEqual([
    "KEY",
    "password",
    "proxy",
    "a shared access key",
  ]);
  expect(search(shown)).toEqual([]);
});

test("everything else is shown as it is, the kind of a key too", () => {
  const { fleet, name, durationMs } = shownScenario(scenario);
  expect({ name, durationMs }).toEqual({ name: "small", durationMs: undefined });
  expect(fleet).toMatchObject([
    {
      model: "cheese-cave",
      count: 2,
      credentials: { format: "pem", keyKind: "p384" },
      settings: { signal: "classic" },
    },
  ]);
});

test("what was not overridden is not shown", () => {
  expect(shownOverrides({ devices: 5, rate: undefined, emulator: {} })).toEqual({ devices: 5 });
});
