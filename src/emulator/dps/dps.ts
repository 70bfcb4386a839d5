import type { Client, PublishPacket } from "aedes";
import { azureDate } from "../azure-time.ts";
import type { Broker, BrokerRules, ConnectRequest, Verdict } from "../broker.ts";
import { packetBytes, startBroker } from "../broker.ts";
import type { ClientBounds } from "../client-bounds.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import { askedOverMqtt } from "../operations/operation.ts";
import type { FaultsAt } from "../faults/faults-at.ts";
import type { OperationGate } from "../operations/operation-gate.ts";
import type { PeerChains } from "../peer-certificate.ts";
import type { Outlet } from "../send-to.ts";
import { sendTo } from "../send-to.ts";
import { Sessions } from "../sessions.ts";
import { settle } from "../settle.ts";
import type { Surroundings } from "../surroundings.ts";
import { parseRegisterBody } from "./bodies.ts";
import type { DeviceAnswer, DeviceApi } from "./device-api.ts";
import type { Proof } from "./proof.ts";
import { proofNames, readProof } from "./proof.ts";
import { DPS_RESPONSES, formatDpsResponse, parseDpsTopic } from "./topics.ts";
import { isRegistrationId, parseDpsUserName } from "./user-name.ts";

interface DpsConnection {
  readonly client: Client;
  readonly outlet: Outlet;
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  readonly proof: Proof;
  /** IP address of the device; undefined where it was gone before it was looked at. */
  readonly remoteAddress: string | undefined;
  /** Of another ID scope than the instance's: there is no enrollment for it. */
  readonly isForeign: boolean;
  /** Whether this connection's proof fitted an enrollment. */
  isAttested: boolean;
  /** The QoS that was granted for answers; undefined before the device subscribed. */
  answerQos: 0 | 1 | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterS: number | undefined;
}

export interface DpsOptions {
  readonly around: Surroundings;
  readonly idScope: string;
  readonly devices: DeviceApi;
  readonly chains: PeerChains;
  readonly bounds: ClientBounds;
  /** What every operation on the instance passes. */
  readonly gate: OperationGate;
  /** What was made to fail here. */
  readonly faults: FaultsAt;
}

/** The device API of DPS over MQTT. */
export function startDps(options: DpsOptions): Promise<Broker> {
  return startBroker(new DpsRules(options), {
    log: options.around.log.child({ component: "dps" }),
    state: options.around.state,
    // None is ever kept: every connection begins clean.
    sessions: new Sessions(),
    bounds: options.bounds,
  });
}

class DpsRules implements BrokerRules<DpsConnection> {
  readonly alwaysClean = true;
  readonly keepaliveMaxS: number;
  readonly packetMaxBytes: number;
  readonly throttledConnections = "connack";
  readonly #options: DpsOptions;

  constructor(options: DpsOptions) {
    this.#options = options;
    const { limits } = options.around;
    this.keepaliveMaxS = limits.keepaliveMaxS;
    this.packetMaxBytes = packetBytes(limits.registerMaxBytes);
  }

  /** Codes: Microsoft Learn, DPS MQTT; MicrosoftDocs/azure-docs #69882 (5 where certificate and names differ). */
  connect(request: ConnectRequest): DpsConnection | Promise<DpsConnection> {
    const operation = askedOverMqtt(
      "connectToDps",
      request.clientId,
      0,
      request.socket.remoteAddress,
    );
    return this.#options.gate.pass(operation, () => this.#open(request));
  }

  #open(request: ConnectRequest): DpsConnection {
    const name = parseDpsUserName(request.userName);
    if (name === undefined || !isRegistrationId(name.registrationId))
      throw refused("the user name is not {idScope}/registrations/{registrationId}/…");
    const isForeign = name.idScope.toLowerCase() !== this.#options.idScope.toLowerCase();
    if (isForeign && this.#options.around.limits.unknownIdScope === "connect")
      throw refused("the ID scope is unknown");
    const { registrationId, apiVersion } = name;
    if (request.clientId.toLowerCase() !== registrationId.toLowerCase())
      throw refused("client id and user name do not agree");
    const { chains } = this.#options;
    const proof = readProof(request.password, () => chains.read(request.socket));
    if (proof === undefined) throw refused("there is no certificate and no SAS token");
    if (!proofNames(proof, name)) throw refused("certificate or token is of another device");
    const { client, outlet, socket } = request;
    const { remoteAddress } = socket;
    const state = { remoteAddress, isForeign, isAttested: false, answerQos: undefined };
    return { client, outlet, registrationId, apiVersion, proof, ...state };
  }

  subscribe(connection: DpsConnection, filter: string, qos: 0 | 1): "grant" | "close" {
    if (filter !== DPS_RESPONSES) return "close";
    connection.answerQos = qos;
    return "grant";
  }

  unsubscribe(connection: DpsConnection, filter: string): void {
    if (filter === DPS_RESPONSES) connection.answerQos = undefined;
  }

  receive(_connection: DpsConnection, packet: PublishPacket, isWill: boolean): Verdict {
    if (isWill || Buffer.byteLength(packet.payload) > this.#options.around.limits.registerMaxBytes)
      return "close";
    return parseDpsTopic(packet.topic) === undefined ? "close" : "acknowledge";
  }

  answer(connection: DpsConnection, packet: PublishPacket): void {
    const request = parseDpsTopic(packet.topic);
    if (request === undefined) return;
    const body = Buffer.from(packet.payload);
    const { gate, around } = this.#options;
    const send = (answer: Answer): void => {
      // An answer without a subscriber is lost, as with Azure.
      if (connection.answerQos === undefined) return;
      const topic = formatDpsResponse(answer.status, request.requestId, answer.retryAfterS);
      const { client, answerQos: qos, outlet } = connection;
      sendTo(client, { topic, payload: answer.body, qos }, outlet);
    };
    const kind = request.kind === "register" ? "registerDevice" : "pollRegistration";
    const { registrationId, remoteAddress } = connection;
    const operation = askedOverMqtt(kind, registrationId, body.length, remoteAddress);
    const judge = (): Answer => {
      if (connection.isForeign) throw new ServiceFault("dpsUnauthorized", "Unauthorized");
      const {
        status,
        body: told,
        retry,
      } = request.kind === "register"
        ? this.#register(connection, body)
        : this.#poll(connection, request.operationId);
      return { status, body: told, retryAfterS: retry ? around.limits.retryAfterS : undefined };
    };
    settle(() => gate.pass(operation, judge, (answer) => answer.body.length), {
      done: send,
      refused: (fault) => {
        const context = { trackingId: around.newId(), timestampUtc: azureDate(around.stamp()) };
        const { status, retryAfterS } = fault;
        send({ status, body: faultBody(fault, context), retryAfterS });
      },
    });
  }

  listening(): void {}

  /** An answer that is lost is asked for again. */
  acknowledged(): void {}

  connected(): void {}

  disconnected(): void {}

  #register(connection: DpsConnection, body: Buffer): DeviceAnswer {
    const answer = this.#options.devices.register(connection, parseRegisterBody(body));
    connection.isAttested ||= answer.status === 202;
    return answer;
  }

  /** CONNECT looks at names only, so a device that comes back to poll shows first that it is the one. */
  #poll(connection: DpsConnection, operationId: string): DeviceAnswer {
    const { devices } = this.#options;
    if (!connection.isAttested) devices.authenticate(connection);
    connection.isAttested = true;
    return devices.poll(connection.registrationId, operationId);
  }
}

/** A CONNECT that is refused; why is for the log alone. */
function refused(why: string): ServiceFault {
  return new ServiceFault("dpsUnauthorized", why);
}
