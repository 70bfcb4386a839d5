import { sha1Of, sha256Of } from "./certificate-text.ts";
import type { DeviceFacts, HubFacts } from "./device-facts.ts";
import type { Link } from "./link.ts";
import { failing, good, open } from "./link.ts";

/**
 * What the hub knows of a device that DPS assigned to it.
 * Source: Microsoft Learn, "How to roll X.509 device certificates", "Understand and resolve Azure IoT Hub errors", 401003.
 */
export function judgeHub(
  { host, identity }: HubFacts,
  { files, registrationId }: Pick<DeviceFacts, "files" | "registrationId">,
): Link {
  const title = `hub ${host}`;
  if (identity === undefined) {
    return failing(title, "knows no such device", {
      cause: "unknown at the hub",
      message: `expected a device identity at ${host}, where DPS assigned ${registrationId}, got none`,
      mend: "let it register again: restart the device",
    });
  }
  if (!identity.isEnabled) {
    return failing(title, "disabled", {
      cause: "disabled at the hub",
      message: `expected an enabled device identity at ${host}, got one that is disabled`,
      mend: "enable it in the hub: portal, Devices; it is left disabled where the device was taken out for good",
    });
  }
  if (identity.authentication === "certificateAuthority")
    return open(title, "goes by a CA of its own");
  if (identity.authentication !== "selfSigned") {
    return failing(title, identity.authentication, {
      cause: "other authentication at the hub",
      message: `expected a device identity with the leaf's thumbprint, got one that wants ${identity.authentication === "sas" ? "a symmetric key" : "another proof"}`,
      mend: "let it register with its certificate: DPS writes the thumbprint then",
    });
  }
  const [leaf] = files.chain;
  const own = leaf === undefined ? [] : [sha1Of(leaf), sha256Of(leaf)];
  if (identity.thumbprints.some((thumbprint) => own.includes(thumbprint)))
    return good(title, "knows the leaf's thumbprint");
  return failing(title, `knows ${identity.thumbprints.join(", ") || "no thumbprint"}`, {
    cause: "wrong thumbprint at the hub",
    message: `expected the thumbprint of this leaf (SHA-1 ${own[0] ?? "none"}) at ${host}, got ${identity.thumbprints.join(" and ") || "none"}: the leaf was renewed, and the device has not registered since`,
    mend: "let it register again: restart the device, or send it back to DPS",
  });
}
