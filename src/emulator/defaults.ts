import { DPS_LIMITS } from "../base/azure-limits.ts";
import { defined } from "../base/defined.ts";

/** Every window, delay and quota of the imitated services; `AZURE_DEFAULTS` holds the documented values. */
export interface EmulatorLimits {
  /** Seconds in the `retry-after` of DPS answers; integer >= 0. */
  readonly retryAfterS: number;
  /** How long a registration stays `assigning`, in ms; 0 = the first poll finds it done. */
  readonly assignmentMs: number;
  /** How often DPS asks a webhook again that does not answer, or with 429 or more. */
  readonly webhookRetriesMax: number;
  /** How long DPS waits before it asks a webhook again, in ms, and by how much more each time after that. */
  readonly webhookRetryFirstMs: number;
  readonly webhookRetryGrowthMs: number;
  /** How long a webhook may take for its whole answer, in ms. */
  readonly webhookTimeoutMs: number;
  readonly webhookAnswerMaxBytes: number;
  /** Hubs that are linked to a DPS instance. */
  readonly linkedHubsMax: number;
  /** Largest message that a device may send to DPS, in bytes. */
  readonly registerMaxBytes: number;
  /** Largest device-to-cloud message, in bytes of body and properties; a larger one closes the connection. */
  readonly telemetryMaxBytes: number;
  /**
   * Whether a device puts a fault on itself by a message with the property `AzIoTHub_FaultOperationType`, as Microsoft's
   * end-to-end tests of its SDKs do. In Azure only hubs that Microsoft has chosen for its tests do it.
   */
  readonly faultMessages: boolean;
  /** Largest direct-method payload in each direction, in bytes. */
  readonly methodPayloadMaxBytes: number;
  /** How long a direct method waits for its answer unless the caller says otherwise, in s. */
  readonly methodResponseTimeoutS: number;
  readonly methodResponseTimeoutMinS: number;
  readonly methodResponseTimeoutMaxS: number;
  /** The longest that a caller may wait for an offline device, in s. */
  readonly methodConnectTimeoutMaxS: number;
  /**
   * What a device gets that publishes to a topic, or subscribes to a filter, which is none of its own at a hub: its
   * connection is closed; or the message is acknowledged and dropped, and the filter refused with 0x80. Azure's answer
   * is not documented.
   */
  readonly foreignTopics: "close" | "refuse";
  /** Largest cloud-to-device message, in bytes of body and properties. */
  readonly commandMaxBytes: number;
  /** Cloud-to-device messages that may be pending for one device. */
  readonly commandQueueDepthMax: number;
  /** How long a cloud-to-device message without an expiry of its own waits, in ms. */
  readonly commandTtlMs: number;
  /** A later expiry of a message's own counts as this, in ms. */
  readonly commandTtlMaxMs: number;
  /** How long a message that was sent, and not acknowledged, is held back before it is sent again, in ms. */
  readonly commandLockMs: number;
  /** How often a message is sent at most, where deliveries count. */
  readonly commandDeliveryCountMax: number;
  /**
   * What counts: a device's abandoning alone, which MQTT has not, as Azure's text has it since 2026; or, as older texts
   * have it, every delivery.
   */
  readonly commandDeliveryCounts: "abandoning" | "everyDelivery";
  /**
   * When a device that lost its connection gets again what it had not acknowledged: when the lock ends, as Azure's text
   * has it, or at once when it reconnects, as MQTT has it.
   */
  readonly commandRedelivery: "lockEnd" | "reconnect";
  readonly tagsMaxBytes: number;
  /** Of desired and of reported, each, without metadata and version. */
  readonly propertiesMaxBytes: number;
  readonly twinKeyMaxBytes: number;
  readonly twinStringMaxBytes: number;
  readonly twinDepthMax: number;
  readonly twinIntegerMin: number;
  readonly twinIntegerMax: number;
  /** A larger keepalive of a client counts as this, in s; the server waits 1.5 times as long. */
  readonly keepaliveMaxS: number;
  /**
   * A connection that has not done its TLS handshake by then is closed, and one that has not sent its CONNECT, or the
   * head of its first HTTP request, by as long after that, in ms.
   */
  readonly connectTimeoutMs: number;
  /** Connections that each of the two ports holds; more are closed at once. This and the next are the emulator's own. */
  readonly connectionsMax: number;
  /** What all connections may have sent of CONNECTs that are not whole yet, in bytes. */
  readonly connectsPendingMaxBytes: number;
  /** Filters in one SUBSCRIBE or UNSUBSCRIBE; one with more closes the connection. */
  readonly subscribeFiltersMax: number;
  /** What a device may leave unread of what it was sent, and what all of them may, in bytes. */
  readonly unreadMaxBytes: number;
  readonly unreadTotalMaxBytes: number;
  /** A client that takes nothing of what is written to it is closed after so long, in ms. */
  readonly slowReaderTimeoutMs: number;
  /** The head of an HTTP request, in bytes; how long a whole request may take to arrive, in ms. */
  readonly requestHeadMaxBytes: number;
  readonly requestTimeoutMs: number;
  /**
   * Where a device with an ID scope of nobody is refused over MQTT: at CONNECT by code 5, or at register and poll by
   * 401000. Azure's answer is not documented.
   */
  readonly unknownIdScope: "connect" | "register";
  /**
   * What a device is told that registers again and keeps its hub. Azure's answer is not documented; `byApiVersion` gives
   * `reprovisionedToInitialAssignment` to API versions from 2021 on, and `initialAssignment` to older ones, which do not know it.
   */
  readonly sameHubSubstatus:
    "byApiVersion" | "initialAssignment" | "reprovisionedToInitialAssignment";
  /** Whether GET and PUT of an enrollment show its symmetric keys, as `attestationmechanism` does; Azure's answer is not documented. */
  readonly enrollmentKeysShown: boolean;
  /**
   * Whether an X.509 group's signing certificate, and the chain of an individual enrollment, must be or lead up to a
   * verified CA certificate of the DPS instance, as in Azure.
   */
  readonly requireVerifiedCa: boolean;
  /** CA certificates of a DPS instance, and of a hub. */
  readonly caCertificatesMax: number;
  /** Twin and method jobs of a hub that may be due and not yet ended at a time (Azure: 1 on S1, 5 on S2, 10 on S3). */
  readonly jobsMaxActive: number;
  /** Jobs of a hub that are kept, whatever their state; the emulator's own bound. */
  readonly jobsMaxCount: number;
  /** How long an ended job is kept, in ms. */
  readonly jobRetentionMs: number;
  /** How long a job may run unless its creator says otherwise, and at most, in s. */
  readonly jobMaxExecutionTimeS: number;
  readonly jobMaxExecutionTimeMaxS: number;
  /** Devices on which the jobs of a hub may begin in a second; more than 0. */
  readonly jobDeviceRatePerS: number;
  /** Devices whose answers a job waits for at a time; the emulator's own bound. */
  readonly jobDeviceConcurrency: number;
  /** How far a SAS token may be past its end, in s. */
  readonly sasClockSkewS: number;
  /** Items of a query page unless the caller says otherwise, and at most. */
  readonly queryPageSize: number;
  readonly queryPageSizeMax: number;
  /** Endpoints and routes of a hub beside the built-in endpoint and the fallback route. */
  readonly routingEndpointsMax: number;
  readonly routesMax: number;
  /** The longest query or routing condition, in characters; Azure's limit is not documented. */
  readonly queryMaxLength: number;
  /** Identities that a hub may hold where service clients write them; DPS writes its own beyond that. */
  readonly devicesMax: number;
  /** Individual enrollments that a DPS instance may have. */
  readonly enrollmentsMax: number;
  /** Enrollment groups with certificates, and with keys, that a DPS instance may have. */
  readonly x509GroupsMax: number;
  readonly symmetricKeyGroupsMax: number;
  /** Enrollments, or groups, in one bulk call of DPS. */
  readonly bulkEnrollmentsMax: number;
  /** Devices in one bulk call of the identity registry. */
  readonly bulkDevicesMax: number;
  /** How long a disabled, deleted or re-keyed identity keeps its live connection, in ms. */
  readonly identityCloseDelayMs: number;
  /** Partitions of each endpoint; integer, 1 to 1,000. */
  readonly eventPartitions: number;
  /** How long ingested messages are kept for readers, in ms. */
  readonly eventRetentionMs: number;
  /** Consumer groups of an endpoint, `$Default` among them, and readers of one partition under one of them at a time. */
  readonly consumerGroupsMax: number;
  readonly consumerGroupReadersMax: number;
  /** Ingested messages that are kept for readers; the emulator's own bounds, older ones are dropped. */
  readonly eventsMaxCount: number;
  readonly eventsMaxBytes: number;
  /** How many seconds' worth of a throttled operation may come at once after a pause; Azure's text says a minute or two. */
  readonly throttleBurstS: number;
  /** How long an operation above its throttle may be held up before it is refused, in s; Azure's bound is not documented. */
  readonly throttleDelayMaxS: number;
  /**
   * How an operation is refused for which there is no room in the backlog: as 429001 or 429002. Azure's text on traffic
   * shaping has the first, its list of errors the second too.
   */
  readonly throttleRefusal: "ThrottlingException" | "ThrottleBacklogLimitExceeded";
  /** How a new connection above its throttle is refused: by CONNACK 3, or by closing it. Azure's answer is not documented. */
  readonly throttledConnections: "connack" | "close";
  /** How long the minute is in which a DPS instance counts registrations and service calls, in ms. */
  readonly dpsWindowMs: number;
  /** With a tier: service calls that a DPS instance takes in that time, and polls of one device in 10 s. */
  readonly dpsServiceOperationsPerMinute: number;
  readonly dpsPollsPer10S: number;
  /** Records of resource logs that are kept for readers, of all services together; the emulator's own bound. */
  readonly resourceLogMaxCount: number;
  /** How long running requests and connections have to end when the emulator stops, in ms; the emulator's own. */
  readonly drainMs: number;
}

/** Azure's documented values; where Azure documents none, what docs/emulator-fidelity.md says. */
export const AZURE_DEFAULTS: EmulatorLimits = {
  retryAfterS: 3,
  assignmentMs: 0,
  webhookRetriesMax: 10,
  webhookRetryFirstMs: 1000,
  webhookRetryGrowthMs: 9000,
  webhookTimeoutMs: 30_000,
  webhookAnswerMaxBytes: 128 * 1024,
  linkedHubsMax: DPS_LIMITS.linkedHubs,
  registerMaxBytes: DPS_LIMITS.messageBytes,
  telemetryMaxBytes: 256 * 1024,
  faultMessages: true,
  methodPayloadMaxBytes: 128 * 1024,
  methodResponseTimeoutS: 30,
  methodResponseTimeoutMinS: 5,
  methodResponseTimeoutMaxS: 300,
  methodConnectTimeoutMaxS: 300,
  foreignTopics: "close",
  commandMaxBytes: 64 * 1024,
  commandQueueDepthMax: 50,
  commandTtlMs: 3_600_000,
  commandTtlMaxMs: 2 * 86_400_000,
  commandLockMs: 60_000,
  commandDeliveryCountMax: 10,
  commandDeliveryCounts: "abandoning",
  commandRedelivery: "lockEnd",
  tagsMaxBytes: 8 * 1024,
  propertiesMaxBytes: 32 * 1024,
  twinKeyMaxBytes: 1024,
  twinStringMaxBytes: 4 * 1024,
  twinDepthMax: 10,
  twinIntegerMin: -4_503_599_627_370_496,
  twinIntegerMax: 4_503_599_627_370_495,
  keepaliveMaxS: 1177,
  connectTimeoutMs: 30_000,
  connectionsMax: 20_000,
  connectsPendingMaxBytes: 64 * 1024 * 1024,
  subscribeFiltersMax: 100,
  unreadMaxBytes: 8 * 1024 * 1024,
  unreadTotalMaxBytes: 256 * 1024 * 1024,
  slowReaderTimeoutMs: 60_000,
  requestHeadMaxBytes: 16 * 1024,
  requestTimeoutMs: 120_000,
  unknownIdScope: "connect",
  sameHubSubstatus: "byApiVersion",
  enrollmentKeysShown: false,
  requireVerifiedCa: false,
  caCertificatesMax: DPS_LIMITS.certificateAuthorities,
  jobsMaxActive: 1,
  jobsMaxCount: 10_000,
  jobRetentionMs: 30 * 86_400_000,
  jobMaxExecutionTimeS: 3600,
  jobMaxExecutionTimeMaxS: 30 * 86_400,
  jobDeviceRatePerS: 10,
  jobDeviceConcurrency: 1000,
  sasClockSkewS: 300,
  queryPageSize: 100,
  queryPageSizeMax: 1000,
  routingEndpointsMax: 10,
  routesMax: 100,
  queryMaxLength: 64 * 1024,
  devicesMax: 1_000_000,
  enrollmentsMax: DPS_LIMITS.individualEnrollments,
  x509GroupsMax: DPS_LIMITS.x509EnrollmentGroups,
  symmetricKeyGroupsMax: DPS_LIMITS.symmetricKeyEnrollmentGroups,
  bulkEnrollmentsMax: 10,
  bulkDevicesMax: 100,
  identityCloseDelayMs: 0,
  eventPartitions: 4,
  eventRetentionMs: 24 * 60 * 60 * 1000,
  consumerGroupsMax: 20,
  consumerGroupReadersMax: 5,
  eventsMaxCount: 1_000_000,
  eventsMaxBytes: 256 * 1024 * 1024,
  throttleBurstS: 60,
  throttleDelayMaxS: 10,
  throttleRefusal: "ThrottlingException",
  throttledConnections: "connack",
  dpsWindowMs: 60_000,
  dpsServiceOperationsPerMinute: DPS_LIMITS.serviceOperationsPerMinute,
  dpsPollsPer10S: DPS_LIMITS.pollsPer10S,
  resourceLogMaxCount: 10_000,
  drainMs: 5000,
};

/** The defaults with what `overrides` sets; members that are no limits are left out. */
export function limitsFrom(overrides: Partial<EmulatorLimits>): EmulatorLimits {
  return { ...AZURE_DEFAULTS, ...limitsIn(defined(overrides)) };
}

function limitsIn(options: Partial<EmulatorLimits>): Partial<EmulatorLimits>;
function limitsIn(options: object): object {
  const members = Object.entries(options);
  return Object.fromEntries(members.filter(([name]) => Object.hasOwn(AZURE_DEFAULTS, name)));
}
