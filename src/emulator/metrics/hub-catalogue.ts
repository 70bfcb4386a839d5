import { addedUp, counted, measured, present } from "./metric-definition.ts";

// Names, units and dimensions: Microsoft Learn, "Monitoring data reference for Azure IoT Hub", metrics, and "Supported
// metrics for Microsoft.Devices/IotHubs".

/** What is added up since the hub's start. */
export const HUB_COUNTERS = {
  "d2c.telemetry.ingress.allProtocol": counted("Telemetry message send attempts"),
  "d2c.telemetry.ingress.success": counted("Telemetry messages sent"),
  "d2c.telemetry.ingress.sendThrottle": counted("Number of throttling errors"),
  "d2c.telemetry.egress.success": counted("Routing: telemetry messages delivered"),
  "d2c.telemetry.egress.dropped": counted("Routing: telemetry messages dropped"),
  "d2c.telemetry.egress.orphaned": counted("Routing: telemetry messages orphaned"),
  "d2c.telemetry.egress.invalid": counted("Routing: telemetry messages incompatible"),
  "d2c.telemetry.egress.fallback": counted("Routing: messages delivered to fallback"),
  "d2c.endpoints.egress.builtIn.events": counted("Routing: messages delivered to messages/events"),
  "d2c.endpoints.egress.eventHubs": counted("Routing: messages delivered to Event Hub"),
  "d2c.endpoints.egress.serviceBusQueues": counted(
    "Routing: messages delivered to Service Bus Queue",
  ),
  "d2c.endpoints.egress.serviceBusTopics": counted(
    "Routing: messages delivered to Service Bus Topic",
  ),
  "d2c.endpoints.egress.storage": counted("Routing: messages delivered to storage"),
  "d2c.endpoints.egress.storage.blobs": counted("Routing: blobs delivered to storage"),
  "d2c.endpoints.egress.storage.bytes": addedUp("Routing: data delivered to storage"),
  "d2c.twin.read.success": counted("Successful twin reads from devices"),
  "d2c.twin.read.failure": counted("Failed twin reads from devices"),
  "d2c.twin.update.success": counted("Successful twin updates from devices"),
  "d2c.twin.update.failure": counted("Failed twin updates from devices"),
  "c2d.commands.egress.complete.success": counted("C2D message deliveries completed"),
  "c2d.commands.egress.abandon.success": counted("C2D messages abandoned"),
  "c2d.commands.egress.reject.success": counted("C2D messages rejected"),
  C2DMessagesExpired: counted("C2D Messages Expired"),
  "c2d.methods.success": counted("Successful direct method invocations"),
  "c2d.methods.failure": counted("Failed direct method invocations"),
  "c2d.twin.read.success": counted("Successful twin reads from back end"),
  "c2d.twin.read.failure": counted("Failed twin reads from back end"),
  "c2d.twin.update.success": counted("Successful twin updates from back end"),
  "c2d.twin.update.failure": counted("Failed twin updates from back end"),
  "twinQueries.success": counted("Successful twin queries"),
  "twinQueries.failure": counted("Failed twin queries"),
  "jobs.createTwinUpdateJob.success": counted("Successful creations of twin update jobs"),
  "jobs.createTwinUpdateJob.failure": counted("Failed creations of twin update jobs"),
  "jobs.createDirectMethodJob.success": counted("Successful creations of method invocation jobs"),
  "jobs.createDirectMethodJob.failure": counted("Failed creations of method invocation jobs"),
  "jobs.listJobs.success": counted("Successful calls to list jobs"),
  "jobs.listJobs.failure": counted("Failed calls to list jobs"),
  "jobs.cancelJob.success": counted("Successful job cancellations"),
  "jobs.cancelJob.failure": counted("Failed job cancellations"),
  "jobs.queryJobs.success": counted("Successful job queries"),
  "jobs.queryJobs.failure": counted("Failed job queries"),
  "jobs.completed": counted("Completed jobs"),
  "jobs.failed": counted("Failed jobs"),
  configurations: counted("Configuration Metrics"),
  deviceDataUsage: addedUp("Total device data usage"),
  deviceDataUsageV2: addedUp("Total device data usage (preview)"),
} as const;

/** What has a size for each occurrence, or a duration. */
export const HUB_MEASURES = {
  "d2c.endpoints.latency.builtIn.events": measured(
    "Routing: message latency for messages/events",
    "Milliseconds",
  ),
  "d2c.endpoints.latency.eventHubs": measured(
    "Routing: message latency for Event Hub",
    "Milliseconds",
  ),
  "d2c.endpoints.latency.serviceBusQueues": measured(
    "Routing: message latency for Service Bus Queue",
    "Milliseconds",
  ),
  "d2c.endpoints.latency.serviceBusTopics": measured(
    "Routing: message latency for Service Bus Topic",
    "Milliseconds",
  ),
  "d2c.endpoints.latency.storage": measured("Routing: message latency for storage", "Milliseconds"),
  "d2c.twin.read.size": measured("Response size of twin reads from devices", "Bytes"),
  "d2c.twin.update.size": measured("Size of twin updates from devices", "Bytes"),
  "c2d.methods.requestSize": measured("Request size of direct method invocations", "Bytes"),
  "c2d.methods.responseSize": measured("Response size of direct method invocations", "Bytes"),
  "c2d.twin.read.size": measured("Response size of twin reads from back end", "Bytes"),
  "c2d.twin.update.size": measured("Size of twin updates from back end", "Bytes"),
  "twinQueries.resultSize": measured("Twin queries result size", "Bytes"),
} as const;

/** What there is now. */
export const HUB_SNAPSHOTS = {
  dailyMessageQuotaUsed: present("Total number of messages used", "Average"),
  totalDeviceCount: present("Total devices", "Average"),
  connectedDeviceCount: present("Connected devices", "Average"),
  "devices.totalDevices": present("Total devices (deprecated)", "Total"),
  "devices.connectedDevices.allProtocol": present("Connected devices (deprecated)", "Total"),
} as const;

/** What is told apart by dimensions. */
export const HUB_SERIES = {
  RoutingDeliveries: counted(
    "Routing Deliveries (preview)",
    "Result",
    "RoutingSource",
    "EndpointType",
    "EndpointName",
    "FailureReasonCategory",
  ),
  RoutingDataSizeInBytesDelivered: addedUp(
    "Routing Delivery Message Size in Bytes (preview)",
    "RoutingSource",
    "EndpointType",
    "EndpointName",
  ),
  RoutingDeliveryLatency: measured(
    "Routing Delivery Latency (preview)",
    "Milliseconds",
    "RoutingSource",
    "EndpointType",
    "EndpointName",
  ),
  EventGridDeliveries: counted("Event Grid deliveries", "Result", "EventType"),
  EventGridLatency: measured("Event Grid latency", "Milliseconds", "EventType"),
} as const;

/** Every metric of a hub by its REST name. */
export const HUB_METRICS = {
  ...HUB_COUNTERS,
  ...HUB_MEASURES,
  ...HUB_SNAPSHOTS,
  ...HUB_SERIES,
} as const;
