/**
 * What a hub refuses, beside the faults of both services.
 * Numbers and names: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", and ErrorCode.cs of
 * Azure/azure-iot-sdk-csharp.
 */
export const HUB_FAULTS = {
  /** Of an operation that a basic tier has not; Azure's number is not documented. */
  notInTier: { status: 400, code: 400_003, name: "InvalidOperation" },
  deviceDefinedTwice: { status: 400, code: 400_011, name: "DeviceDefinedMultipleTimes" },
  unauthorizedAccess: { status: 401, code: 401_002, name: "IotHubUnauthorizedAccess" },
  unauthorized: { status: 401, code: 401_003, name: "IotHubUnauthorized" },
  quotaExceeded: { status: 403, code: 403_002, name: "IotHubQuotaExceeded" },
  jobQuotaExceeded: { status: 403, code: 403_003, name: "JobQuotaExceeded" },
  queueFull: { status: 403, code: 403_004, name: "DeviceMaximumQueueDepthExceeded" },
  hubNotFound: { status: 404, code: 404_000, name: "IotHubNotFound" },
  deviceNotFound: { status: 404, code: 404_001, name: "DeviceNotFound" },
  jobNotFound: { status: 404, code: 404_002, name: "JobNotFound" },
  deviceNotOnline: { status: 404, code: 404_103, name: "DeviceNotOnline" },
  deviceExists: { status: 409, code: 409_001, name: "DeviceAlreadyExists" },
  messageTooLarge: { status: 413, code: 413_001, name: "MessageTooLarge" },
  tooManyDevices: { status: 413, code: 413_002, name: "TooManyDevices" },
  jobExists: { status: 409, code: 409_104, name: "JobAlreadyExists" },
  backlogFull: { status: 429, code: 429_002, name: "ThrottleBacklogLimitExceeded" },
  backlogTimeout: { status: 429, code: 429_003, name: "ThrottlingBacklogTimeout" },
  tooManyActiveJobs: { status: 429, code: 429_004, name: "ThrottlingMaxActiveJobCountExceeded" },
  badDeviceResponse: { status: 502, code: 502_000, name: "BadDeviceResponse" },
  gatewayTimeout: { status: 504, code: 504_101, name: "GatewayTimeout" },
} as const;
