// The steps of Microsoft's own Node samples for X.509 provisioning and a first message, and no code of this project:
// only the environment and the resolution of host names tell it from a program that talks to Azure.
import { readFileSync } from "node:fs";
import iotDevice from "azure-iot-device";
import { Mqtt } from "azure-iot-device-mqtt";
import iotProvisioning from "azure-iot-provisioning-device";
import { Mqtt as ProvisioningMqtt } from "azure-iot-provisioning-device-mqtt";
import { X509Security } from "azure-iot-security-x509";

const [idScope, registrationId, certFile, keyFile] = process.argv.slice(2);
const x509 = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };

const security = new X509Security(registrationId, x509);
const provisioning = iotProvisioning.ProvisioningDeviceClient.create(
  process.env.PROVISIONING_HOST ?? "global.azure-devices-provisioning.net",
  idScope,
  new ProvisioningMqtt(),
  security,
);
const { assignedHub, deviceId } = await provisioning.register();

const connectionString = `HostName=${assignedHub};DeviceId=${deviceId};x509=true`;
const client = iotDevice.Client.fromConnectionString(connectionString, Mqtt);
await client.setOptions(x509);
await client.open();
await client.sendEvent(new iotDevice.Message("Hello world"));
const twin = await client.getTwin();
await client.close();
process.stdout.write(
  `${JSON.stringify({ assignedHub, deviceId, desired: twin.properties.desired })}\n`,
);
