import { outOfPeriod } from "../../pki/identity-check.ts";
import { sha1Of } from "./certificate-text.ts";
import type { CaFacts, DeviceFacts, GroupFacts, IndividualFacts } from "./device-facts.ts";
import type { Link } from "./link.ts";
import { failing, good, open } from "./link.ts";

/** The individual enrollment of a device, which wins over every group. */
export function judgeIndividual(
  individual: IndividualFacts,
  { files, registrationId }: Pick<DeviceFacts, "files" | "registrationId">,
): Link {
  const title = "individual enrollment";
  const [leaf] = files.chain;
  const sha1 = leaf === undefined ? "none" : sha1Of(leaf);
  if (!individual.isEnabled) {
    return failing(title, `${registrationId}, disabled`, {
      cause: "individual enrollment in the way",
      message: `expected no individual enrollment, or an enabled one, got one for ${registrationId} that is disabled: it shuts the device out of every group`,
      mend: `enable it: enroll enable ${registrationId}; it is left disabled where the device was taken out for good`,
    });
  }
  if (individual.attestation !== "x509") {
    return failing(title, `${registrationId}, ${individual.attestation}`, {
      cause: "symmetric key wanted",
      message: `expected an enrollment for certificates, got an individual one for ${registrationId} that wants ${individual.attestation === "symmetricKey" ? "a symmetric key" : "another proof"}`,
      mend: `delete it: enroll delete ${registrationId}, or give the device the key in place of the certificate`,
    });
  }
  if (individual.thumbprints.includes(sha1))
    return good(title, `${registrationId}, holds this leaf`);
  return failing(
    title,
    `${registrationId}, holds ${individual.thumbprints.join(", ") || "no leaf"}`,
    {
      cause: "individual enrollment in the way",
      message: `expected an individual enrollment that holds this leaf (SHA-1 ${sha1}), got one with ${individual.thumbprints.join(" and ") || "none"}; groups are not looked at then`,
      mend: `put this leaf into it: enroll device ${registrationId} --certificate FILE, or delete it to go by a group`,
    },
  );
}

/** The group that a chain leads to. */
export function judgeGroup(
  { facts, ca }: { readonly facts: GroupFacts; readonly ca: CaFacts },
  { seen, now }: Pick<DeviceFacts, "seen" | "now">,
): Link {
  const title = `group ${facts.id}`;
  const text = `holds ${ca.subject ?? "the CA"}, SHA-1 ${ca.sha1}`;
  if (!facts.isEnabled) {
    return failing(title, "disabled", {
      cause: "enrollment disabled",
      message: `expected an enabled enrollment group, got ${facts.id}, which is disabled: groups above it are not looked at`,
      mend: `enable it: enroll enable ${facts.id}`,
    });
  }
  const why = ca.certificate === undefined ? undefined : outOfPeriod(ca.certificate, now);
  if (why !== undefined) {
    return failing(title, text, {
      cause: why.startsWith("expired") ? "expired" : "not yet valid",
      message: `expected a CA in group ${facts.id} that holds now, got one that ${why}`,
      mend: "put a CA that holds into the group, and issue the leaves below it",
    });
  }
  if (ca.certificate?.ca === false) {
    return failing(title, text, {
      cause: "not signed by a CA",
      message: `expected a CA in group ${facts.id}, got a certificate that is none (CA:FALSE)`,
      mend: "put the certificate of the CA that signs the leaves into the group",
    });
  }
  const isUnproven = ca.isVerified === false || isUnprovenBy(seen);
  if (!isUnproven) return good(title, text);
  return failing(title, text, {
    cause: "CA not verified",
    message: `expected a CA that is verified in DPS, or leads up to one; ${ca.isVerified === false ? "this one is not" : "the chain is good, and DPS answered that it found no such CA"}`,
    mend: "prove that you have its key: ca add, ca code, certs verify CODE, ca verify; and send the chain up to the verified CA",
  });
}

/** What DPS says to a chain that leads to no verified CA (Azure/azure-iot-sdk-java #573). */
const isUnprovenBy = (seen: DeviceFacts["seen"]): boolean =>
  seen?.at === "dps" && seen.error.includes("CA certificate not found");

/** Where DPS was not asked. */
export const unasked = (): Link =>
  open("enrollment", "not asked: give --emulator, a DPS connection string or --group-certificate");
