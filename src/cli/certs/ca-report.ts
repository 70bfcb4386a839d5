import { certificateFacts } from "../../pki/certificate-facts.ts";
import type { MadeCa } from "../../pki/make-ca.ts";
import type { Host } from "../host.ts";
import type { CertsFlags } from "./certs-flags.ts";
import { certificateLines, shownPath } from "./certs-text.ts";

const DONE = {
  made: "made",
  kept: "is there already, as asked for",
  replaced: "made anew",
} as const;

/** Prints a CA that was made or found, and on stderr what to do next. */
export function printCa(
  ca: MadeCa,
  next: string,
  flags: CertsFlags,
  host: Pick<Host, "stdout" | "stderr" | "cwd">,
): void {
  const { name, done, certFile, keyFile, encrypted, keptFiles } = ca;
  const facts = certificateFacts(ca.certificate);
  if (flags.json) {
    const files = { certificate: certFile, key: keyFile };
    host.stdout.write(
      `${JSON.stringify({ name, done, files, kept: keptFiles, encrypted, ...facts })}\n`,
    );
    return;
  }
  const shown = (file: string): string => shownPath(file, flags, host);
  const lines = [
    `${name}: ${DONE[done]}`,
    ...certificateLines(facts, [
      ["certificate", shown(certFile)],
      ["key", `${shown(keyFile)} (${encrypted ? "encrypted" : "not encrypted"})`],
      ...keptFiles.map((file): [string, string] => ["old one kept", shown(file)]),
    ]),
  ];
  host.stdout.write(`${lines.join("\n")}\n`);
  host.stderr.write(`next: ${next}\n`);
}
