/**
 * Device ids: up to 128 case-sensitive letters, digits and marks.
 * Source: Microsoft Learn, "Understand the identity registry in your IoT hub", "Device identity properties"; `+`, `#` and
 * `;` by the IoT Hub REST API, "Twin".
 */
export const DEVICE_ID = /^[A-Za-z0-9\-.%_*?!(),:;=@$'+#]{1,128}$/;
