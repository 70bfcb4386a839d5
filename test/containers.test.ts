import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { z } from "zod";
import { DEFAULT_NAMES } from "../src/emulator/emulator.ts";
import { COMPOSE, composeValue } from "./support/compose-file.ts";
import {
  execForm,
  HEALTH_COMMAND,
  IMAGE_ENVIRONMENT,
  INSTRUCTIONS,
  only,
  pairsOf,
} from "./support/container-image.ts";

const { emulator, fleet } = COMPOSE.services;

/** The Compose specification's own schema, without the address of a draft that ajv knows under another one. */
const { $schema, ...composeSpec } = z
  .looseObject({ $schema: z.literal("https://json-schema.org/draft-07/schema") })
  .parse(JSON.parse(readFileSync("test/fixtures/compose-spec.json", "utf8")));
const fitsCompose = new Ajv({ strict: false, allErrors: true }).compile(composeSpec);

const problemsOf = (text: string): readonly string[] => {
  fitsCompose(composeValue(text));
  return (fitsCompose.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message}`,
  );
};

const COMPOSE_TEXT = readFileSync("docker-compose.yml", "utf8");

test("the compose file fits the Compose specification", () => {
  expect($schema).toContain("draft-07");
  expect(problemsOf(COMPOSE_TEXT)).toEqual([]);
});

test.for([
  ["depends_on:", "depend_on:"],
  ["read_only: true", "read_only: [true]"],
  ["condition: service_healthy", "condition: healthy"],
  ["stop_grace_period: 15s", "stop_grace_period: 15"],
] as const)("a mistake in it would be found: %s as %s", ([right, wrong]) => {
  expect(COMPOSE_TEXT).toContain(right);
  expect(problemsOf(COMPOSE_TEXT.replace(right, wrong))).not.toEqual([]);
});

test("the examples of the docs fit the Compose specification too", () => {
  const page = readFileSync("docs/emulator.md", "utf8");
  const examples = [...page.matchAll(/^```yaml\n(services:\n[^`]*)```$/gm)].map(([, yaml]) => yaml);
  expect(examples).toHaveLength(2);
  expect(examples.map((example = "") => problemsOf(example))).toEqual([[], []]);
});

test("the emulator has Azure's names in the network, which leads nowhere else", () => {
  const { provisioningHost, dpsHost, hubs } = DEFAULT_NAMES;
  expect(emulator.networks.azure.aliases).toEqual([provisioningHost, dpsHost, ...hubs]);
  expect(COMPOSE.networks.azure.internal).toBe(true);
});

test.for([
  ["emulator", emulator],
  ["fleet", fleet],
] as const)("%s may do no more than it needs", ([, service]) => {
  expect(service).toMatchObject({
    read_only: true,
    tmpfs: ["/tmp"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
  });
  // All that it writes is in volumes, and a volume belongs to the user of the image.
  const owned = /^install -d -m 0700 -o 1000 -g 1000 (.*)$/.exec(only("RUN"))?.[1]?.split(" ");
  for (const { volume, target } of service.volumes) {
    expect(Object.keys(COMPOSE.volumes)).toContain(volume);
    expect(owned).toContain(target.replace(`${only("WORKDIR")}/`, ""));
  }
});

test("the fleet waits for the emulator, and knows of it what the emulator has written", () => {
  expect(fleet.depends_on.emulator.condition).toBe("service_healthy");
  expect(fleet.healthcheck.disable).toBe(true);
  expect(fleet.environment["DPS_FLEET_EMULATOR"]).toBe(IMAGE_ENVIRONMENT["DPS_FLEET_WRITE"]);
  const [shared] = emulator.volumes;
  expect(emulator.volumes).toHaveLength(1);
  expect(fleet.volumes).toContainEqual({ ...shared, readOnly: true });
  // Both find the same files under the same paths.
  const written = [emulator.environment["DPS_FLEET_CERTS"], IMAGE_ENVIRONMENT["DPS_FLEET_WRITE"]];
  for (const path of written) expect(path?.startsWith(`${shared?.target}/`)).toBe(true);
});

test("every stage of the image has Node 24, and the last is not root's", () => {
  const bases = INSTRUCTIONS.filter(({ name }) => name === "FROM").map(({ text }) => text);
  expect(bases.map((base) => base.replace(/ AS \w+$/, ""))).toEqual(
    bases.map(() => "node:24-slim"),
  );
  expect(only("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test("signals reach Node, and so does the health check", () => {
  expect(execForm(only("ENTRYPOINT"))).toEqual(["node", "/app/dist/src/main.js"]);
  expect(execForm(only("CMD"))).toEqual(["emulator"]);
  expect(only("STOPSIGNAL")).toBe("SIGTERM");
  expect(HEALTH_COMMAND).toEqual(["node", "/app/scripts/emulator-health.mjs"]);
});

test("the labels are true", () => {
  const packageFile = z.object({ name: z.string(), version: z.string(), license: z.string() });
  const { name, version, license } = packageFile.parse(
    JSON.parse(readFileSync("package.json", "utf8")),
  );
  expect(pairsOf(only("LABEL"))).toMatchObject({
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": license,
  });
});

test("what the image is made of is in git, and nothing else gets near its build", () => {
  const copied = INSTRUCTIONS.filter(
    ({ name, text }) => name === "COPY" && !text.startsWith("--from="),
  ).flatMap(({ text }) => text.split(" ").slice(0, -1));
  const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
  for (const path of copied)
    expect([path, tracked.some((one) => one === path || one.startsWith(`${path}/`))]).toEqual([
      path,
      true,
    ]);
  const rules = readFileSync(".dockerignore", "utf8").split("\n");
  const [first, ...rest] = rules.filter((rule) => rule !== "" && !rule.startsWith("#"));
  expect(first).toBe("*");
  expect(rest.toSorted()).toEqual([...new Set(copied)].map((path) => `!${path}`).toSorted());
});
