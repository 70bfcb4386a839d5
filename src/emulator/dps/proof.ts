import type { X509Certificate } from "node:crypto";
import type { SasToken } from "../sas-token.ts";
import { parseSasToken, percentDecoded } from "../sas-token.ts";
import { parseChain } from "../certificates/chain.ts";

/**
 * What a device shows of itself, whatever it came over. A transport (MQTT, WebSocket, HTTPS) has held its names against
 * the registration id with `proofNames`; key, chain and dates are judged at register.
 */
export type Proof =
  /** Leaf first. */
  | { readonly kind: "certificate"; readonly chain: readonly X509Certificate[] }
  | { readonly kind: "token"; readonly token: SasToken };

/**
 * The proof that a connection or a request carries. A SAS token counts before a certificate (`?`); undefined where
 * there is neither, or what there is cannot be read.
 *
 * @param readChain the client's certificates as DER, leaf first; called only where there is no token
 */
export function readProof(
  token: string | undefined,
  readChain: () => readonly Buffer[],
): Proof | undefined {
  if (token !== undefined) {
    const parsed = parseSasToken(token);
    return parsed === undefined ? undefined : { kind: "token", token: parsed };
  }
  const chain = parseChain(readChain());
  return chain === undefined ? undefined : { kind: "certificate", chain };
}

/**
 * Whether a proof is for this registration id at all: the leaf's common name is it, or the token's resource is
 * `{idScope}/registrations/{registrationId}` with key name `registration`. Case does not count.
 * Source: Microsoft Learn, "Communicate with your DPS using the MQTT protocol", CONNECT, and "How to use symmetric keys
 * with DPS", SAS token.
 */
export function proofNames(
  proof: Proof,
  name: { readonly idScope: string; readonly registrationId: string },
): boolean {
  const { idScope, registrationId } = name;
  if (proof.kind === "certificate") {
    const commonName = /^CN=(.*)$/m.exec(proof.chain[0]?.subject ?? "")?.[1];
    return commonName?.toLowerCase() === registrationId.toLowerCase();
  }
  const { keyName = "registration", resource } = proof.token;
  const wanted = `${idScope}/registrations/${registrationId}`.toLowerCase();
  return keyName === "registration" && percentDecoded(resource)?.toLowerCase() === wanted;
}
