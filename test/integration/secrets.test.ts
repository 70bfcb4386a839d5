import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { CliEnd } from "../support/cli.ts";
import type { ConnectProxy } from "../support/connect-proxy.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import type { KnownSecret } from "../support/secret-search.ts";
import { connectionStringSecrets, pemSecrets, secretSearch } from "../support/secret-search.ts";
import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";

/** A secret of this test's own, in the form of a key. */
const secret = (name: string, bytes = 32): KnownSecret => ({
  name,
  value: randomBytes(bytes).toString("base64"),
});

const own = {
  passphrase: secret("the passphrase", 12),
  wrongPassphrase: secret("a wrong passphrase", 12),
  password: secret("the password of a PFX", 12),
  word: { name: "a password that could be a name", value: `Pa55${randomBytes(8).toString("hex")}` },
  wrongPassword: secret("a wrong password", 12),
  groupKey: secret("the key of a group"),
  deviceKey: secret("the key of a device"),
  wrongKey: secret("a wrong key of a policy"),
  hookKey: secret("the key of a webhook", 16),
  proxyPassword: { name: "the password of a proxy", value: randomBytes(12).toString("hex") },
};

let world: CommandWorld;
let proxy: ConnectProxy;
let search: (text: string) => readonly string[];

beforeAll(async () => {
  world = await commandWorld();
  const { dpsConnectionString: dps, hubConnectionStrings, adminToken } = world.emulator;
  const [hub = ""] = hubConnectionStrings;
  proxy = await connectProxy({
    to: { host: world.emulator.host, port: world.emulator.httpsPort },
    refuse: "407 Proxy Authentication Required",
  });
  const leaf = await world.pki.leaf("cave-1");
  world.file("cave-1.pem", leaf.certificatePem);
  world.file("cave-1.key", leaf.privateKeyPem);
  search = secretSearch([
    ...Object.values(own),
    ...connectionStringSecrets("the key of DPS", dps),
    ...connectionStringSecrets("the key of the hub", hub),
    { name: "the admin token", value: adminToken },
    ...pemSecrets("a private key", leaf.privateKeyPem),
  ]);
  world.file("dps.txt", dps);
  world.file("hub.txt", hub);
  world.file(
    "device.txt",
    `HostName=${world.emulator.hubs[0]};DeviceId=cave-1;SharedAccessKey=${own.deviceKey.value}`,
  );
  world.file(
    "wrong-dps.txt",
    dps.replace(/SharedAccessKey=.*/, `SharedAccessKey=${own.wrongKey.value}`),
  );
  world.file("half-dps.txt", dps.replace("HostName=", "Host="));
  world.file("hook.txt", `https://hook.example/api?code=${encodeURIComponent(own.hookKey.value)}`);
  const info = world.read("emulator.json");
  world.file("broken.json", info.slice(0, -2));
  world.file("strange.json", info.replace('"mqttPort":', '"mqttPort":"x","port":'));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const env = {
  DPS_FLEET_LOG_LEVEL: "trace",
  DPS_FLEET_CA_PASSPHRASE: own.passphrase.value,
  WRONG_PASSPHRASE: own.wrongPassphrase.value,
  PASSWORD: own.password.value,
  WRONG_PASSWORD: own.wrongPassword.value,
  GROUP_KEY: own.groupKey.value,
  DEVICE_KEY: own.deviceKey.value,
};
const EMULATOR = { DPS_FLEET_EMULATOR: "emulator.json" };

/** How a command ended at log level trace, and which secrets it printed. */
async function told(
  words: string,
  more: Readonly<Record<string, string>> = EMULATOR,
): Promise<CliEnd & { readonly secrets: readonly string[] }> {
  const end = await world.command(words, { ...env, ...more });
  return { ...end, secrets: search(end.stdout + end.stderr) };
}

/** Of commands that should all end with `exitCode` and print no secret, those that do otherwise. */
async function others(
  exitCode: number,
  commands: readonly string[],
  more?: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  const wrong: unknown[] = [];
  for (const words of commands) {
    const end = await told(words, more);
    if (end.exitCode !== exitCode || end.secrets.length > 0) wrong.push({ words, ...end });
  }
  return wrong;
}

/** A device of a scenario. */
const cave = (credentials: string): string =>
  `count: 1, registrationId: cave-7, credentials: ${credentials}`;

test("certificates, keys and PFX files are made and shown without their secrets", async () => {
  expect(
    await others(0, [
      "certs root --json",
      "certs intermediate",
      "certs leaf cave-7 cave-8 --json",
      "certs pfx cave-7 --password-env PASSWORD --json",
      "certs renew cave-8 --json",
      "certs renew cave-8 --confirm --json",
      "certs show --json",
      "certs show certs/cave-7-full-chain.cert.pfx --password-env PASSWORD --json",
      "certs show cave-1.key",
    ]),
  ).toEqual([]);
});

test("wrong passphrases and passwords are told, and not shown", async () => {
  const wrong = "--signer-passphrase-env WRONG_PASSPHRASE";
  expect(
    await others(2, [
      `certs intermediate conveyors ${wrong}`,
      `certs leaf cave-9 ${wrong}`,
      `certs renew cave-7 --force ${wrong}`,
      "certs show certs/cave-7-full-chain.cert.pfx --password-env WRONG_PASSWORD",
      "certs pfx cave-7 --password-env NOBODY",
    ]),
  ).toEqual([]);
});

test("enrollments with keys are written and shown without them", async () => {
  expect(
    await others(0, [
      "enroll group keyed --symmetric-key --key-env GROUP_KEY --json",
      "enroll device cave-2 --symmetric-key --key-env DEVICE_KEY",
      "enroll show keyed --json",
      "enroll show cave-2 --write-key cave-2.key",
      "enroll list --json",
      "enroll group hooked --certificate intermediate.pem --allocation custom --webhook-file hook.txt --json",
      "enroll show hooked",
    ]),
  ).toEqual([]);
  expect(world.read("cave-2.key").trim()).toBe(own.deviceKey.value);
  expect(
    await others(2, [
      "enroll group bad --symmetric-key --key-file dps.txt",
      "enroll group bad --symmetric-key --key-file cave-1.key",
    ]),
  ).toEqual([]);
});

test("devices with keys are listed without them", async () => {
  const key = own.deviceKey.value;
  const authentication = { type: "sas", symmetricKey: { primaryKey: key, secondaryKey: key } };
  await world.clients.registry.create({ deviceId: "cave-3", authentication });
  expect(
    await others(0, [
      "devices list --json",
      "twin get cave-3 --json",
      'twin set cave-3 --desired {"a":1} --json',
      "devices disable cave-3 --yes --json",
      "doctor",
    ]),
  ).toEqual([]);
  expect(
    await others(3, [
      "registrations list nobody",
      "method invoke cave-3 reboot",
      "twin get nobody",
    ]),
  ).toEqual([]);
});

test("connection strings of the wrong kind, cut short, or on the command line are not repeated", async () => {
  const file = "--dps-connection-string-file";
  expect(
    await others(
      2,
      [
        `enroll list ${file} hub.txt`,
        `enroll list ${file} device.txt`,
        `enroll list ${file} half-dps.txt`,
        `enroll list ${file} cave-1.key`,
        `enroll list ${file} ${world.read("dps.txt")}`,
        `twin get cave-3 --hub-connection-string-file dps.txt`,
        `twin get cave-3 --hub-connection-string-file device.txt`,
        `devices list --emulator broken.json`,
        `devices list --emulator strange.json`,
        `devices list --emulator dps.txt`,
      ],
      {},
    ),
  ).toEqual([]);
});

test("a policy's wrong key is refused, and not shown", async () => {
  const { emulator } = world;
  const dial = `--connect-to=${emulator.dpsHost}:443=${emulator.host}:${emulator.httpsPort} --ca root.pem`;
  expect(
    await others(3, [`enroll list --dps-connection-string-file wrong-dps.txt ${dial}`], {}),
  ).toEqual([]);
});

test("a proxy's password is not shown where the proxy refuses it", async () => {
  const withLogin = proxy.url.replace("//", `//me:${own.proxyPassword.value}@`);
  const words = "enroll list --dps-connection-string-file dps.txt --ca root.pem";
  expect(await told(words, { HTTPS_PROXY: withLogin })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("407"),
    secrets: [],
  });
  expect(proxy.asked.length).toBeGreaterThan(0);
});

test("scenarios whose secrets do not fit are refused without them", async () => {
  const scenario = (name: string, provisioning: string, device: string): string => {
    const fleet = `fleet: [{ model: cheese-cave, ${device} }]`;
    world.file(name, `name: bad\nprovisioning: ${provisioning}\n${fleet}\n`);
    return `run ${name} --yes`;
  };
  const nonsense = `nonsense;SharedAccessKey=${own.deviceKey.value}`;
  world.file("devices.txt", [world.read("device.txt"), world.read("hub.txt"), nonsense].join("\n"));
  const group = "{ group: caves }";
  for (const [words, said] of [
    [
      scenario("pfx.yaml", group, cave("{ format: pfx, password: { env: WRONG_PASSWORD } }")),
      /expected the password that the file was made with/,
    ],
    [
      scenario("text.yaml", group, cave(`{ format: pfx, password: "${own.password.value}" }`)),
      /password: expected \{ env: NAME \}/,
    ],
    [
      scenario(
        "key.yaml",
        group,
        cave(`{ format: symmetricKey, key: { file: ${world.dir}/dps.txt } }`),
      ),
      /the base64 of 16 to 64 bytes/,
    ],
    [scenario("strings.yaml", "{ connectionStrings: devices.txt }", ""), /devices\.txt:2/],
  ] as const)
    expect(await told(words)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(said),
      secrets: [],
    });
});

test("a secret in the place of a name is not repeated", async () => {
  const hook = world.read("hook.txt");
  expect(
    await others(2, [
      `certs pfx cave-7 --password-env ${own.password.value}`,
      `certs root --passphrase-env ${own.passphrase.value}`,
      `certs pfx cave-7 --password-env ${own.word.value}`,
      `enroll group bad --symmetric-key --key-env ${own.groupKey.value}`,
      `enroll group bad --symmetric-key --key ${own.groupKey.value}`,
      `enroll group bad --certificate root.pem --allocation custom --webhook ${hook}`,
      `ca list --dps-connection-string-file ${world.read("dps.txt")}`,
      `run --emulator ${world.read("emulator.json")}`,
    ]),
  ).toEqual([]);
});
