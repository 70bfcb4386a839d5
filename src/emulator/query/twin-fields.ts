import { vocabularyOf } from "./vocabulary.ts";

// Source: Microsoft Learn, "Understand and use device twins in IoT Hub", "Device twins", and the swagger's Twin.
const FIELDS = [
  "deviceId",
  "moduleId",
  "etag",
  "deviceEtag",
  "status",
  "statusReason",
  "statusUpdateTime",
  "connectionState",
  "lastActivityTime",
  "cloudToDeviceMessageCount",
  "authenticationType",
  "x509Thumbprint.primaryThumbprint",
  "x509Thumbprint.secondaryThumbprint",
  "modelId",
  "version",
  "tags",
  "properties.desired",
  "properties.reported",
  "capabilities.iotEdge",
  "deviceScope",
  "parentScopes",
] as const;

/** The names in a query over twins; `properties.desired` and its like are one name, below them are the user's. */
export const twinFields = vocabularyOf(FIELDS, { collection: ["devices"], what: "a twin" });
