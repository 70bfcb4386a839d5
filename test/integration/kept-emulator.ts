import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki } from "../support/pki.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { emulatorForTest } from "./emulator-wire.ts";

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
