import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki } from "../support/pki.ts";
import { formatSasToken } from "../support/sas-token.ts";
import { hubToken, readAllEvents } from "./emulator-events.ts";
import { DPS_RESOURCE, HUB_RESOURCE, manage } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest, HUB } from "./emulator-wire.ts";

/** An emulator that keeps its state in a folder of this test, and may be started again on it. */
export class KeptEmulator implements AsyncDisposable {
  readonly path: string;
  readonly #pki: TestPki;
  #world: TestEmulator | undefined;

  private constructor(pki: TestPki) {
    this.#pki = pki;
    this.path = join(mkdtempSync(join(tmpdir(), "kept-")), "data");
  }

  static async start(options: Omit<EmulatorOptions, "tls"> = {}): Promise<KeptEmulator> {
    const kept = new KeptEmulator(await testPki());
    await kept.restart(options);
    return kept;
  }

  get world(): TestEmulator {
    if (this.#world === undefined) throw new Error("it is stopped");
    return this.#world;
  }

  async stop(): Promise<void> {
    await this.#world?.emulator.stop();
    this.#world = undefined;
  }

  /** Stops it if it runs, and starts it on the same folder. */
  async restart(options: Omit<EmulatorOptions, "tls"> = {}): Promise<TestEmulator> {
    await this.stop();
    return (this.#world = await emulatorForTest({ ...options, data: this.path }, this.#pki));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(join(this.path, ".."), { recursive: true });
  }
}

/** All documents that services can read of DPS and of the first hub, as JSON. */
export async function documentsOf(world: TestEmulator): Promise<Record<string, unknown>> {
  const { emulator } = world;
  const asService = async (host: string, path: string, method = "GET", body?: unknown) => {
    const authorization = host === HUB ? hubToken(world) : dpsToken(world);
    const headers = { authorization };
    return (await manage(world, method, path, { host, token: null, headers, body })).body;
  };
  const managed = async (path: string, method = "GET") => (await manage(world, method, path)).body;
  const all = { query: "SELECT * FROM devices" };
  const entries = { query: "*" };
  const { dpsHost } = emulator;
  return {
    connections: [emulator.dpsConnectionString, ...emulator.hubConnectionStrings],
    enrollments: await asService(dpsHost, `/enrollments/query?${DPS_VERSION}`, "POST", entries),
    keys: await asService(dpsHost, `/enrollments/own/attestationmechanism?${DPS_VERSION}`, "POST"),
    groups: await asService(dpsHost, `/enrollmentGroups/query?${DPS_VERSION}`, "POST", entries),
    registration: await asService(dpsHost, `/registrations/cave?${DPS_VERSION}`),
    devices: await asService(HUB, "/devices?top=100"),
    twins: await asService(HUB, "/devices/query", "POST", all),
    dps: await managed(DPS_RESOURCE),
    dpsKeys: await managed(`${DPS_RESOURCE}/listkeys`, "POST"),
    dpsCertificates: await managed(`${DPS_RESOURCE}/certificates`),
    hub: await managed(HUB_RESOURCE),
    hubKeys: await managed(`${HUB_RESOURCE}/listkeys`, "POST"),
    hubCertificates: await managed(`${HUB_RESOURCE}/certificates`),
    consumerGroups: await managed(`${HUB_RESOURCE}/eventHubEndpoints/events/ConsumerGroups`),
    events: await readAllEvents(world),
  };
}

const DPS_VERSION = "api-version=2021-10-01";

export function dpsToken({ emulator }: TestEmulator): string {
  const key = /SharedAccessKey=(.+)$/.exec(emulator.dpsConnectionString)?.[1] ?? "";
  const signer = { name: "provisioningserviceowner", key };
  return formatSasToken(emulator.dpsHost, signer, Math.ceil(Date.now() / 1000) + 3600);
}
