import { outOfPeriod } from "../../pki/identity-check.ts";
import type { LeafFault } from "../../pki/leaf-fitness.ts";
import { leafFindings } from "../../pki/leaf-fitness.ts";
import { isSelfSigned } from "../../pki/signed-by.ts";
import { certificateLine } from "./certificate-text.ts";
import type { DeviceFacts } from "./device-facts.ts";
import type { Cause, Fault, Link } from "./link.ts";
import { failing, good } from "./link.ts";

const TITLE = "leaf";
const CAUSE_OF: Readonly<Record<LeafFault, Cause>> = {
  "bad-id": "bad id",
  "wrong-name": "wrong common name",
  "no-client-auth": "no client authentication",
  "ca-as-leaf": "CA as leaf",
  "weak-key": "weak key",
};

/** The device's own certificate and key, by themselves. */
export function judgeLeaf({ registrationId, files, now }: DeviceFacts): Link {
  const [leaf] = files.chain;
  const { trouble, certFile, keyFile } = files;
  if (leaf === undefined) {
    const message = trouble?.message ?? `expected a certificate in ${certFile}, got none`;
    const mend = trouble?.mend ?? "issue one: certs leaf";
    const cause = trouble === undefined ? "no certificate" : "unreadable";
    return failing(TITLE, certFile, { cause, message, mend });
  }
  const text = certificateLine(leaf);
  const fault =
    keyFault(files) ??
    periodFault(outOfPeriod(leaf, now), keyFile) ??
    leafFindings(leaf, {
      registrationId,
      alone: files.chain.length === 1 && isSelfSigned(leaf),
    }).map(({ fault: found, message, hint }): Fault => ({
      cause: CAUSE_OF[found],
      message,
      mend: hint,
    }))[0];
  return fault === undefined ? good(TITLE, text) : failing(TITLE, text, fault);
}

function keyFault({
  chain,
  key,
  trouble,
  keyFile,
  certFile,
}: DeviceFacts["files"]): Fault | undefined {
  const [leaf] = chain;
  if (key === undefined) {
    return {
      cause: trouble === undefined ? "no key" : "unreadable",
      message: trouble?.message ?? `expected the leaf's private key in ${keyFile}, got none`,
      mend: trouble?.mend ?? "put the device's own key there",
    };
  }
  if (key === "locked" || leaf === undefined || leaf.checkPrivateKey(key)) return undefined;
  return {
    cause: "key mismatch",
    message: `expected the private key of the leaf in ${certFile}, got another key in ${keyFile}`,
    mend: "put key and certificate of one device together",
  };
}

function periodFault(why: string | undefined, keyFile: string): Fault | undefined {
  if (why === undefined) return undefined;
  return why.startsWith("expired")
    ? {
        cause: "expired",
        message: `expected a leaf that holds now, got one that ${why}`,
        mend: `issue it anew for the key in ${keyFile}: certs renew, or move it away and run`,
      }
    : {
        cause: "not yet valid",
        message: `expected a leaf that holds now, got one that ${why}`,
        mend: "check the clock of this machine, or wait",
      };
}
