import { counted } from "./metric-definition.ts";

/**
 * Every metric of a DPS instance by its REST name.
 * Source: Microsoft Learn, "Monitoring data reference for Azure IoT Hub Device Provisioning Service", metrics.
 */
export const DPS_METRICS = {
  AttestationAttempts: counted(
    "Attestation attempts",
    "ProvisioningServiceName",
    "Status",
    "Protocol",
  ),
  DeviceAssignments: counted("Devices assigned", "ProvisioningServiceName", "IotHubName"),
  RegistrationAttempts: counted(
    "Registration attempts",
    "ProvisioningServiceName",
    "IotHubName",
    "Status",
  ),
} as const;
