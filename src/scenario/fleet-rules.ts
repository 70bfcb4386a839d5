import type { z } from "zod";
import { isJsonObject } from "../base/json.ts";

/** What one entry says of the devices that it has; of a file that may be wrong in every other way. */
interface Entry {
  readonly at: number;
  readonly count: unknown;
  readonly registrationId: unknown;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly expect: unknown;
  readonly class: unknown;
}

type Tell = (path: readonly (string | number)[], message: string) => void;

/** What a fleet's entries and its provisioning ask of one another. Looks at nothing that is wrong in itself. */
export function fleetRules(
  scenario: unknown,
  context: Pick<z.core.$RefinementCtx, "addIssue">,
): void {
  if (!isJsonObject(scenario)) return;
  const { provisioning, fleet } = scenario;
  if (!Array.isArray(fleet)) return;
  const tell: Tell = (path, message) =>
    context.addIssue({ code: "custom", path: [...path], message });
  const entries = fleet.flatMap((entry, at): readonly Entry[] => {
    if (!isJsonObject(entry)) return [];
    const { count, registrationId, credentials, expect, class: refusal } = entry;
    const shown = isJsonObject(credentials) ? credentials : {};
    return [{ at, count, registrationId, credentials: shown, expect, class: refusal }];
  });
  for (const entry of entries) tellUnexpected(entry, tell);
  if (isJsonObject(provisioning) && "connectionStrings" in provisioning) {
    tellBesideConnectionStrings(provisioning, entries, tell);
    return;
  }
  for (const entry of entries) {
    if (isTable(entry)) tellBesideTable(entry, tell);
    else tellPattern(entry, tell);
    if (isIndividual(entry)) tellIndividual(entry, tell);
  }
  tellMixedGroup(entries, tell);
  if (!isJsonObject(provisioning) || "group" in provisioning) return;
  if (entries.some(needsGroup)) {
    tell(["provisioning", "group"], "expected the enrollment group of the devices, got nothing");
  }
}

const isTable = ({ credentials }: Entry): boolean => "from" in credentials;
const isKeyed = ({ credentials }: Entry): boolean => credentials["format"] === "symmetricKey";
const isIndividual = (entry: Entry): boolean =>
  isKeyed(entry) && entry.credentials["scope"] === "individual";
const needsGroup = (entry: Entry): boolean => !isTable(entry) && !isIndividual(entry);

/** What makes sense of devices alone that are to be refused. */
function tellUnexpected({ at, expect, class: refusal, credentials }: Entry, tell: Tell): void {
  if (expect !== undefined) return;
  const mend = "expected expect: refused beside it, got nothing";
  if (refusal !== undefined) tell(["fleet", at, "class"], mend);
  if (credentials["defect"] !== undefined) tell(["fleet", at, "credentials", "defect"], mend);
}

function tellBesideTable({ at, registrationId }: Entry, tell: Tell): void {
  if (registrationId === undefined) return;
  tell(
    ["fleet", at, "registrationId"],
    "expected none beside credentials.from, whose table has them, got one",
  );
}

function tellPattern({ at, count, registrationId: id }: Entry, tell: Tell): void {
  if (count === undefined) {
    tell(["fleet", at, "count"], "expected a whole number of devices, 1 to 1000000, got nothing");
  }
  if (id === undefined) {
    tell(["fleet", at, "registrationId"], "expected a registration id, got nothing");
  }
  if (typeof count === "number" && count > 1 && typeof id === "string" && !id.includes("{n}")) {
    tell(
      ["fleet", at, "registrationId"],
      `expected {n} in the registration id of ${count} devices, got "${id}"`,
    );
  }
}

function tellIndividual({ at, count, credentials }: Entry, tell: Tell): void {
  if (credentials["key"] === undefined) {
    tell(
      ["fleet", at, "credentials", "key"],
      "expected the device's own key as { env: NAME } or { file: PATH }, got nothing",
    );
  }
  if (typeof count === "number" && count > 1) {
    tell(
      ["fleet", at, "count"],
      `expected 1 device for a key with scope: individual, got ${count}; a table has a key for each`,
    );
  }
}

/** An enrollment group attests in one way, and by one key. Devices that it is to refuse may show anything. */
function tellMixedGroup(entries: readonly Entry[], tell: Tell): void {
  const [first, ...others] = entries.filter(
    (entry) => needsGroup(entry) && entry.expect === undefined,
  );
  if (first === undefined) return;
  const waysOf = (entry: Entry): string =>
    isKeyed(entry) ? JSON.stringify(entry.credentials["key"] ?? null) : "certificates";
  for (const entry of others) {
    if (waysOf(entry) === waysOf(first)) continue;
    const expected = isKeyed(first) ? "the group key" : "certificates";
    const got = !isKeyed(entry) ? "certificates" : isKeyed(first) ? "another key" : "a group key";
    tell(
      ["fleet", entry.at, "credentials"],
      `expected ${expected} as in fleet[${first.at}], got ${got}: a group attests in one way; ` +
        "run these devices by a scenario of their own, with another group",
    );
  }
}

/** Devices that skip DPS have neither group nor enrollment, and their ids stand in the file. */
function tellBesideConnectionStrings(
  provisioning: Readonly<Record<string, unknown>>,
  entries: readonly Entry[],
  tell: Tell,
): void {
  for (const name of Object.keys(provisioning)) {
    if (name === "connectionStrings") continue;
    tell(
      ["provisioning", name],
      "expected none beside connectionStrings, whose devices skip DPS, got some",
    );
  }
  for (const entry of entries) {
    const { at, count, registrationId } = entry;
    if (registrationId !== undefined) {
      const where = "provisioning.connectionStrings, whose lines have the ids";
      tell(["fleet", at, "registrationId"], `expected none beside ${where}, got one`);
    }
    if (isKeyed(entry)) {
      tell(
        ["fleet", at, "credentials"],
        "expected no key beside connectionStrings, whose lines have them, got one",
      );
    }
    if (entry.credentials["defect"] !== undefined) {
      tell(
        ["fleet", at, "credentials", "defect"],
        "expected none beside connectionStrings, whose devices are issued no leaves, got one",
      );
    }
    if (count === undefined && !isTable(entry) && entry !== entries.at(-1)) {
      tell(
        ["fleet", at, "count"],
        "expected a whole number of devices, got nothing: only the last entry takes all that are left",
      );
    }
  }
}
