import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import type { EmulatorInfo } from "../../../src/service/emulator-file.ts";
import { parseEmulatorFile } from "../../../src/service/emulator-file.ts";
import { WireClient, connectPacket } from "../../integration/emulator-wire.ts";
import { Program } from "../program.ts";
import { formatSasToken } from "../sas-token.ts";

export interface HttpAnswer {
  readonly status: number;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

const KEY = /SharedAccessKeyName=([^;]+);SharedAccessKey=(.+)$/;
const inAnHour = (): number => Math.ceil(Date.now() / 1000) + 3600;

/** The built emulator on a folder, in a process of its own that may be killed at any time, and what its clients do. */
export class Killable implements AsyncDisposable {
  readonly info: EmulatorInfo;
  readonly #program: Program;
  readonly #caPem: string;
  readonly #agent: Agent;

  private constructor(program: Program, info: EmulatorInfo, caPem: string) {
    this.#program = program;
    this.info = info;
    this.#caPem = caPem;
    const { address: host, httpsPort: port } = info;
    this.#agent = new Agent({ host, port, ca: caPem, keepAlive: true });
  }

  /**
   * @param folder of state and certificates
   * @param fileMaxKiB the size of a file beyond which nothing can be written to it
   */
  static async start(
    folder: string,
    { fileMaxKiB }: { readonly fileMaxKiB?: number } = {},
  ): Promise<Killable> {
    const ports = ["--mqtt-port", "0", "--https-port", "0"];
    const kept = ["--data", `${folder}/data`, "--certs", `${folder}/certs`];
    const program = new Program(
      ["emulator", "--json", ...ports, ...kept, "--retry-after", "0"],
      {},
      fileMaxKiB === undefined ? {} : { fileMaxKiB },
    );
    const [line] = await program.printed(/^\{.*\}\n/);
    const info = parseEmulatorFile(line, "stdout");
    return new Killable(program, info, await readFile(info.caFile, "utf8"));
  }

  get hub(): string {
    return this.info.hubs[0] ?? "";
  }

  get ended(): Program["ended"] {
    return this.#program.ended;
  }

  /** Ends it at once, as `kill -9` does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#program.signal("SIGKILL");
    await this.#program.ended;
    this.#agent.destroy();
  }

  /** A service call; rejects where there is no whole answer. */
  async call(
    service: "dps" | "hub",
    method: string,
    path: string,
    body?: unknown,
  ): Promise<HttpAnswer> {
    const host = service === "dps" ? this.info.dpsHost : this.hub;
    const more = { authorization: this.#token(service), body };
    const { status, text } = await this.#ask(host, method, path, more);
    return { status, body: text === "" ? undefined : JSON.parse(text) };
  }

  /** What the hubs ingested, from the beginning, as lines. */
  async events(): Promise<readonly Record<string, unknown>[]> {
    const authorization = `Bearer ${this.info.adminToken}`;
    const path = "/emulator/events?from=earliest";
    const { text } = await this.#ask("localhost", "GET", path, { authorization, body: undefined });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** Connects a device with a token of the hub's policy `device`, or of its own key at DPS. */
  async connect(
    deviceId: string,
    more: { readonly clean?: boolean; readonly dpsKey?: string } = {},
  ): Promise<WireClient> {
    const { address: host, mqttPort, idScope, provisioningHost } = this.info;
    const { dpsKey, clean = true } = more;
    const servername = dpsKey === undefined ? this.hub : provisioningHost;
    const world = { emulator: { host, mqttPort }, pki: { root: { certificatePem: this.#caPem } } };
    const client = await WireClient.open(world, { servername });
    const [userName, password] =
      dpsKey === undefined
        ? [`${this.hub}/${deviceId}/?api-version=2021-04-12`, this.#token("hub")]
        : [
            `${idScope}/registrations/${deviceId}/api-version=2019-03-31`,
            formatSasToken(
              `${idScope}/registrations/${deviceId}`,
              { name: "registration", key: dpsKey },
              inAnHour(),
            ),
          ];
    client.send(connectPacket(deviceId, userName, { clean, password: Buffer.from(password) }));
    const connack = await client.next();
    if (connack.cmd !== "connack" || connack.returnCode !== 0)
      throw new Error(`${deviceId} was refused: ${JSON.stringify(connack)}`);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.#program[Symbol.asyncDispose]();
  }

  #token(service: "dps" | "hub"): string {
    const text =
      service === "dps" ? this.info.dpsConnectionString : (this.info.hubConnectionStrings[0] ?? "");
    const [, name, key = ""] = KEY.exec(text) ?? [];
    const host = service === "dps" ? this.info.dpsHost : this.hub;
    return formatSasToken(host, { name, key }, inAnHour());
  }

  async #ask(
    host: string,
    method: string,
    path: string,
    { authorization, body }: { readonly authorization: string; readonly body: unknown },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asking = request({
      agent: this.#agent,
      servername: host,
      method,
      path,
      headers: {
        host,
        authorization,
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
    });
    asking.end(text);
    const [answer] = await once(asking, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const status: number = answer.statusCode;
    return { status, text: Buffer.concat(chunks).toString() };
  }
}
