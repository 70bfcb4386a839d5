import type { X509Certificate } from "node:crypto";
import type { Client, PublishPacket } from "aedes";
import { azureDate } from "../azure-time.ts";
import type { Broker, BrokerRules, ConnectRequest, RefusalCode } from "../broker.ts";
import { packetBytes, sendTo, startBroker } from "../broker.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import type { PeerChains } from "../peer-certificate.ts";
import type { Surroundings } from "../surroundings.ts";
import { assigningBody, disabledBody, finishedBody, parseRegisterBody } from "./bodies.ts";
import { parseChain } from "./chain.ts";
import type { Provisioning } from "./provisioning.ts";
import { DPS_RESPONSES, formatDpsResponse, parseDpsTopic } from "./topics.ts";
import { isRegistrationId, parseDpsUserName } from "./user-name.ts";

interface DpsConnection {
  readonly client: Client;
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  readonly chain: readonly X509Certificate[];
  /** The QoS that was granted for answers; undefined before the device subscribed. */
  answerQos: 0 | 1 | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retry: boolean;
}

export interface DpsOptions {
  readonly around: Surroundings;
  readonly idScope: string;
  readonly provisioning: Provisioning;
  readonly chains: PeerChains;
}

/** The device API of DPS over MQTT. */
export function startDps(options: DpsOptions): Promise<Broker> {
  return startBroker(new DpsRules(options), options.around.log.child({ component: "dps" }));
}

class DpsRules implements BrokerRules<DpsConnection> {
  readonly alwaysClean = true;
  readonly keepaliveMaxS: number;
  readonly packetMaxBytes: number;
  readonly #options: DpsOptions;

  constructor(options: DpsOptions) {
    this.#options = options;
    const { limits } = options.around;
    this.keepaliveMaxS = limits.keepaliveMaxS;
    this.packetMaxBytes = packetBytes(limits.registerMaxBytes);
  }

  /** Codes: Microsoft Learn, DPS MQTT; MicrosoftDocs/azure-docs #69882 (5 where certificate and names differ). */
  connect(request: ConnectRequest): DpsConnection | RefusalCode {
    const name = parseDpsUserName(request.userName);
    // Only X.509 devices are known here: a password means a SAS token.
    if (name === undefined || request.hasPassword || !isRegistrationId(name.registrationId))
      return 5;
    if (name.idScope.toLowerCase() !== this.#options.idScope.toLowerCase()) return 5;
    const chain = parseChain(this.#options.chains.read(request.socket));
    const commonName = /^CN=(.*)$/m.exec(chain?.[0]?.subject ?? "")?.[1];
    if (chain === undefined || commonName === undefined) return 5;
    const id = name.registrationId.toLowerCase();
    if (request.clientId.toLowerCase() !== id || commonName.toLowerCase() !== id) return 5;
    const { registrationId, apiVersion } = name;
    return { client: request.client, registrationId, apiVersion, chain, answerQos: undefined };
  }

  subscribe(connection: DpsConnection, filter: string, qos: 0 | 1): boolean {
    if (filter !== DPS_RESPONSES) return false;
    connection.answerQos = qos;
    return true;
  }

  unsubscribe(connection: DpsConnection, filter: string): void {
    if (filter === DPS_RESPONSES) connection.answerQos = undefined;
  }

  receive(_connection: DpsConnection, packet: PublishPacket, isWill: boolean): boolean {
    if (isWill || Buffer.byteLength(packet.payload) > this.#options.around.limits.registerMaxBytes)
      return false;
    return parseDpsTopic(packet.topic) !== undefined;
  }

  answer(connection: DpsConnection, packet: PublishPacket): void {
    const request = parseDpsTopic(packet.topic);
    if (request === undefined) return;
    const answer = this.#judge(() =>
      request.kind === "register"
        ? this.#register(connection, Buffer.from(packet.payload))
        : this.#poll(connection, request.operationId),
    );
    // An answer without a subscriber is lost, as with Azure.
    if (connection.answerQos === undefined) return;
    const retryAfterS = answer.retry ? this.#options.around.limits.retryAfterS : undefined;
    sendTo(connection.client, {
      topic: formatDpsResponse(answer.status, request.requestId, retryAfterS),
      payload: answer.body,
      qos: connection.answerQos,
    });
  }

  connected(): void {}

  disconnected(): void {}

  #register(connection: DpsConnection, payload: Buffer): Answer {
    const body = parseRegisterBody(payload);
    if (!body.ok) throw new ServiceFault("badRequest", body.message);
    const { registrationId } = connection;
    if ((body.registrationId ?? registrationId).toLowerCase() !== registrationId.toLowerCase())
      throw new ServiceFault("badRequest", "registrationId differs from that of the connection.");
    const outcome = this.#options.provisioning.register({ ...connection, payload: body.payload });
    return outcome.kind === "disabled"
      ? { status: 200, body: disabledBody(registrationId), retry: false }
      : { status: 202, body: assigningBody(outcome.operationId), retry: true };
  }

  #poll({ registrationId }: DpsConnection, operationId: string): Answer {
    const outcome = this.#options.provisioning.poll(registrationId, operationId);
    return outcome.kind === "assigning"
      ? { status: 202, body: assigningBody(operationId, registrationId), retry: true }
      : { status: 200, body: finishedBody(operationId, outcome.record), retry: false };
  }

  #judge(act: () => Answer): Answer {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      const { newId, clock } = this.#options.around;
      const context = { trackingId: newId(), timestampUtc: azureDate(clock()) };
      return { status: error.status, body: faultBody(error, context), retry: false };
    }
  }
}
