import { resolve } from "node:path";
import type { CertificateSpec } from "../base/certificate-spec.ts";
import type { TableRow } from "../base/csv-table.ts";
import { parseTable } from "../base/csv-table.ts";
import type { Problem } from "../base/errors.ts";
import type { BroughtDevice } from "./brought-device.ts";
import type { SymmetricKeySpec } from "./plan.ts";

/** Columns of a table of identities. */
const COLUMNS = ["registrationId", "cert", "key", "pfx", "passwordEnv", "symmetricKeyEnv"] as const;
type Row = TableRow<(typeof COLUMNS)[number]>;

const WAYS = "cert and key, pfx, or symmetricKeyEnv";

/**
 * Reads a table of devices that the user brings, one a line: `registrationId`, and what it shows the services, which is
 * `cert` and `key`, or `pfx`, each opened by what the variable `passwordEnv` holds; or the key in `symmetricKeyEnv`.
 *
 * @param source the file's name, as messages show it
 * @param dir what its paths are relative to, absolute
 */
export function parseIdentityTable(
  text: string,
  source: string,
  options: { readonly dir: string; readonly tokenLifetimeS: number },
): { readonly devices: readonly BroughtDevice[]; readonly problems: readonly Problem[] } {
  const { rows, problems } = parseTable(text, source, COLUMNS);
  // A wrong first line makes every row wrong.
  if (problems.length > 0 && rows.every(({ cells }) => cells.registrationId === undefined)) {
    return { devices: [], problems };
  }
  const found = [...problems];
  const devices: BroughtDevice[] = [];
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const { registrationId } = row.cells;
    const faults = rowFaults(row);
    // DPS takes ids of one spelling for one device, whatever their case.
    const other = seen.get(registrationId?.toLowerCase() ?? "");
    if (other !== undefined) {
      faults.push(
        other.cells.registrationId === registrationId
          ? `expected each registration id once, got "${registrationId}" again, as in ${other.place}`
          : `expected ids that differ in more than case, got "${registrationId}", which is "${other.cells.registrationId}" in ${other.place}`,
      );
    }
    found.push(...faults.map((message) => ({ place: row.place, message })));
    if (registrationId === undefined) continue;
    seen.set(registrationId.toLowerCase(), row);
    const credentials = credentialsOf(row, options);
    if (credentials !== undefined) devices.push({ registrationId, credentials, place: row.place });
  }
  if (rows.length === 0 && found.length === 0) {
    found.push({ place: source, message: "expected a row for each device, got none" });
  }
  return { devices, problems: found };
}

function rowFaults({ cells }: Row): string[] {
  const { registrationId, cert, key, pfx, passwordEnv, symmetricKeyEnv } = cells;
  const ways = [cert ?? key, pfx, symmetricKeyEnv].filter((way) => way !== undefined).length;
  return [
    ...(registrationId === undefined ? ["expected a registrationId, got an empty cell"] : []),
    ...(ways === 0 ? [`expected ${WAYS}, got none of them`] : []),
    ...(ways > 1 ? [`expected one of ${WAYS}, got several`] : []),
    ...(cert !== undefined && key === undefined ? ["expected a key beside cert, got none"] : []),
    ...(cert === undefined && key !== undefined ? ["expected a cert beside key, got none"] : []),
    ...(passwordEnv !== undefined && symmetricKeyEnv !== undefined
      ? ["expected no passwordEnv beside symmetricKeyEnv, got one"]
      : []),
  ];
}

function credentialsOf(
  { cells }: Row,
  { dir, tokenLifetimeS }: { readonly dir: string; readonly tokenLifetimeS: number },
): CertificateSpec | SymmetricKeySpec | undefined {
  const { cert, key, pfx, passwordEnv, symmetricKeyEnv } = cells;
  const secret = passwordEnv === undefined ? undefined : { env: passwordEnv };
  if (cert !== undefined && key !== undefined) {
    const files = { cert: resolve(dir, cert), key: resolve(dir, key) };
    return { format: "pem", files, ...(secret && { passphrase: secret }) };
  }
  if (pfx !== undefined) {
    return { format: "pfx", file: resolve(dir, pfx), ...(secret && { password: secret }) };
  }
  if (symmetricKeyEnv === undefined) return undefined;
  const env = { env: symmetricKeyEnv };
  return { format: "symmetricKey", key: env, scope: "individual", tokenLifetimeS };
}
