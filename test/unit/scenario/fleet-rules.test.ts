import { expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const CAVE = "model: cheese-cave";
const keyed = (more = ""): string =>
  `${CAVE}, count: 2, registrationId: "k-{n}", credentials: { format: symmetricKey${more} }`;
const certified = `${CAVE}, count: 2, registrationId: "c-{n}"`;

function problemsIn(provisioning: string, ...entries: readonly string[]): readonly string[] {
  const fleet = entries.map((entry) => `  - { ${entry} }\n`).join("");
  try {
    parseScenario(`name: s\nprovisioning: { ${provisioning} }\nfleet:\n${fleet}`, "s");
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.problems.map(({ place, message }) => `${place.replace(/^\S+ /, "")}: ${message}`);
  }
  return [];
}

test.each([
  ["a group key", "group: g", [keyed()]],
  [
    "a key from a file for two entries",
    "group: g",
    [keyed(", key: { file: k }"), keyed(", key: { file: k }")],
  ],
  [
    "a device with a key of its own beside a group of certificates",
    "group: g",
    [
      certified,
      `${CAVE}, count: 1, registrationId: own, credentials: { format: symmetricKey, scope: individual, key: { env: K } }`,
    ],
  ],
  [
    "a device with a key of its own and no group",
    "idScope: 0ne00000001",
    [
      `${CAVE}, count: 1, registrationId: own, credentials: { format: symmetricKey, scope: individual, key: { env: K } }`,
    ],
  ],
  [
    "a key in a group of certificates that must refuse it",
    "group: g",
    [certified, `${keyed()}, expect: refused`],
  ],
  [
    "leaves that are bad on purpose",
    "group: g",
    [`${certified}, credentials: { format: pem, defect: expired }, expect: refused, class: tls`],
  ],
  ["a table and no group", "idScope: 0ne00000001", [`${CAVE}, credentials: { from: d.csv }`]],
  ["connection strings", "connectionStrings: c.txt", [CAVE]],
  ["connection strings over two entries", "connectionStrings: c.txt", [`${CAVE}, count: 2`, CAVE]],
])("%s can be run", (_, provisioning, entries) => {
  expect(problemsIn(provisioning, ...entries)).toEqual([]);
});

test.each([
  [
    "certificates in a group of keys",
    "group: g",
    [keyed(), certified],
    "fleet[1].credentials: expected the group key as in fleet[0], got certificates",
  ],
  [
    "a key in a group of certificates",
    "group: g",
    [certified, keyed()],
    "fleet[1].credentials: expected certificates as in fleet[0], got a group key",
  ],
  [
    "two keys in one group",
    "group: g",
    [keyed(", key: { env: A }"), keyed(", key: { env: B }")],
    "fleet[1].credentials: expected the group key as in fleet[0], got another key",
  ],
  [
    "a class of no refusal",
    "group: g",
    [`${certified}, class: disabled`],
    "fleet[0].class: expected expect: refused beside it, got nothing",
  ],
  [
    "bad leaves that nobody is to refuse",
    "group: g",
    [`${certified}, credentials: { format: pem, defect: expired }`],
    "fleet[0].credentials.defect: expected expect: refused beside it, got nothing",
  ],
  [
    "a defect that there is not",
    "group: g",
    [`${certified}, credentials: { format: pem, defect: stale }, expect: refused`],
    "fleet[0].credentials.defect: expected one of expired, not-yet-valid, wrong-ca",
  ],
  [
    "a class that no service refuses with",
    "group: g",
    [`${certified}, expect: refused, class: offline`],
    "fleet[0].class: expected one of unauthorized, notFound, disabled",
  ],
  [
    "another expectation",
    "group: g",
    [`${certified}, expect: assigned`],
    'fleet[0].expect: expected one of refused, got "assigned"',
  ],
  [
    "a defect beside connection strings",
    "connectionStrings: c.txt",
    [`${CAVE}, credentials: { format: pem, defect: expired }, expect: refused`],
    "fleet[0].credentials.defect: expected none beside connectionStrings",
  ],
  [
    "no group",
    "idScope: 0ne00000001",
    [certified],
    "provisioning.group: expected the enrollment group",
  ],
  [
    "no count",
    "group: g",
    [`${CAVE}, registrationId: a`],
    "fleet[0].count: expected a whole number",
  ],
  [
    "an id beside a table",
    "group: g",
    [`${CAVE}, registrationId: a, credentials: { from: d.csv }`],
    "fleet[0].registrationId: expected none beside credentials.from",
  ],
  [
    "a group beside connection strings",
    "connectionStrings: c.txt, group: g",
    [CAVE],
    "provisioning.group: expected none beside connectionStrings",
  ],
  [
    "a key beside connection strings",
    "connectionStrings: c.txt",
    [`${CAVE}, credentials: { format: symmetricKey }`],
    "fleet[0].credentials: expected no key beside connectionStrings",
  ],
  [
    "an id beside connection strings",
    "connectionStrings: c.txt",
    [`${CAVE}, registrationId: a`],
    "fleet[0].registrationId: expected none beside",
  ],
  [
    "two entries that take all lines",
    "connectionStrings: c.txt",
    [CAVE, CAVE],
    "fleet[0].count: expected a whole number of devices",
  ],
  [
    "a token that ends too soon",
    "group: g",
    [keyed(", tokenLifetime: 1s")],
    "fleet[0].credentials.tokenLifetime: expected whole seconds from 10s on",
  ],
])("%s is refused", (_, provisioning, entries, problem) => {
  expect(problemsIn(provisioning, ...entries)).toEqual([expect.stringContaining(problem)]);
});

test("an individual key has no second device, and must be given", () => {
  expect(problemsIn("group: g", keyed(", scope: individual"))).toEqual([
    expect.stringContaining("fleet[0].credentials.key: expected the device's own key"),
    expect.stringContaining("fleet[0].count: expected 1 device for a key with scope: individual"),
  ]);
});
