import type { X509Certificate } from "node:crypto";

import { FleetError } from "../../base/errors.ts";
import { createLogger } from "../../base/log.ts";
import { certsLayout } from "../../pki/layout.ts";
import type { CaCertificates } from "../../service/ca-certificates.ts";
import type { CaAction } from "./ca-actions.ts";
import { azureLines, azureNote, dpsConnectionString, dpsNameOf } from "./ca-azure.ts";
import type { CaFlags } from "./ca-flags.ts";
import { caLine, caTable } from "./ca-text.ts";
import type { Host } from "../host.ts";

/**
 * Does an action on an emulator, or prints what does it in Azure.
 *
 * @throws {FleetError} `USAGE`, `FILE_INVALID`, `CERTIFICATE_INVALID`, `REFUSED`, `UNREACHABLE`
 */
export async function runCa(action: CaAction, flags: CaFlags, host: Host): Promise<void> {
  const file = certificateFile(action, flags);
  // Read for Azure too: a file that is none is told now, and not by another program later.
  const certificate = file === undefined ? undefined : await readCertificate(action, file, host);
  if (flags.emulator === undefined)
    return printAzure(action, { ...flags, certificate: file }, host);
  if (flags.target === "azure")
    throw new FleetError("USAGE", "--emulator goes with target emulator only", {
      problems: [{ place: "--emulator", message: "the target is azure" }],
      hint: "leave one of --target azure and --emulator out",
    });
  const [{ openManagement }, { caCertificates }, { readEmulatorFile }, { readCaFile }] =
    await Promise.all([
      import("../../service/management.ts"),
      import("../../service/ca-certificates.ts"),
      import("../../service/emulator-file.ts"),
      import("../../run/target.ts"),
    ]);
  const info = await readEmulatorFile(flags.emulator, host.cwd);
  const destination = { write: (line: string) => void host.stderr.write(line) };
  const management = openManagement(info, {
    caPem: await readCaFile(info.caFile),
    log: createLogger({ level: flags.logLevel, destination }),
  });
  try {
    const { value, text } = await act(
      action,
      { ...flags, certificate },
      caCertificates(management),
    );
    host.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : text);
  } finally {
    management.close();
  }
}

/** The file that an action reads; undefined where it reads none. */
function certificateFile(action: CaAction, flags: CaFlags): string | undefined {
  const { rootCert, verificationCert } = certsLayout(flags.certs);
  if (action === "add") return flags.certificate ?? rootCert;
  return action === "verify" ? (flags.certificate ?? verificationCert) : undefined;
}

async function readCertificate(
  action: CaAction,
  file: string,
  host: Host,
): Promise<X509Certificate> {
  const { readCertificateFile } = await import("../../pki/certificate-file.ts");
  const certificate = readCertificateFile(file, host.cwd);
  if (action === "verify" || certificate.ca) return certificate;
  throw new FleetError("CERTIFICATE_INVALID", `${file}: expected a CA certificate, got another`, {
    hint: "give the certificate of the CA that signs the devices' certificates",
  });
}

type Given = Omit<CaFlags, "certificate"> & {
  readonly certificate: X509Certificate | undefined;
};

/** Does it. @returns what `--json` prints, and what people read */
async function act(
  action: CaAction,
  { name, verified, certificate }: Given,
  cas: CaCertificates,
): Promise<{ readonly value: unknown; readonly text: string }> {
  if (action === "list") {
    const all = await cas.list();
    const none = `${cas.dpsName} has no CA certificates\n`;
    return { value: all, text: all.length === 0 ? none : caTable(all) };
  }
  if (action === "code") {
    const verificationCode = await cas.newCode(name);
    return { value: { name, verificationCode }, text: `${verificationCode}\n` };
  }
  if (action === "delete") {
    await cas.delete(name);
    return { value: { name, deleted: true }, text: `${name}: deleted\n` };
  }
  if (certificate === undefined) throw new TypeError(`${action} has no certificate`);
  if (action === "verify") {
    const ca = await cas.verify(name, certificate);
    return { value: ca, text: caLine(ca) };
  }
  const { ca, done } = await cas.add(name, certificate, { verified });
  return { value: ca, text: done === "kept" ? `is there already: ${caLine(ca)}` : caLine(ca) };
}

/** @throws {FleetError} `USAGE` where nothing says that Azure is meant */
async function printAzure(action: CaAction, flags: CaFlags, host: Host): Promise<void> {
  const connection = await dpsConnectionString(flags, host);
  if (flags.target === "emulator" || (flags.target !== "azure" && connection === undefined))
    throw new FleetError("USAGE", "no DPS instance is given", {
      problems: [{ place: "--emulator", message: "expected a file, got nothing" }],
      hint: "start one with `emulator --json > emulator.json` and give --emulator emulator.json; for Azure give --target azure",
    });
  const dps = {
    dpsName: connection === undefined ? undefined : dpsNameOf(connection),
    resourceGroup: flags.resourceGroup,
  };
  const commands = azureLines(action, flags, dps);
  host.stderr.write(azureNote(dps));
  host.stdout.write(flags.json ? `${JSON.stringify({ commands })}\n` : `${commands.join("\n")}\n`);
}
