/** Who connects to DPS. Source: Microsoft Learn, "Communicate with your DPS using the MQTT protocol", CONNECT. */
export interface DpsUserName {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
}

/** Whether a CONNECT is for DPS and not for a hub. */
export function isDpsUserName(userName: string): boolean {
  return /^[^/]*\/registrations\//.test(userName);
}

/** Reads `{idScope}/registrations/{registrationId}/api-version=…&ClientVersion=…`; never throws. */
export function parseDpsUserName(userName: string): DpsUserName | undefined {
  const [idScope, word, registrationId, ...rest] = userName.split("/");
  if (word !== "registrations" || !idScope || !registrationId) return undefined;
  const query = new URLSearchParams(rest.join("/").replace(/^\?/, ""));
  const apiVersion = [...query].find(([name]) => name.toLowerCase() === "api-version")?.[1];
  return { idScope, registrationId, apiVersion };
}

export function formatDpsUserName(name: DpsUserName): string {
  const query = name.apiVersion === undefined ? "" : `api-version=${name.apiVersion}`;
  return `${name.idScope}/registrations/${name.registrationId}/${query}`;
}

/**
 * Registration ids: up to 128 of letters, digits and `- . _ :`, ending in a letter, a digit or `-`.
 * Source: Microsoft Learn, "X.509 certificate attestation", registration ID.
 */
export function isRegistrationId(text: string): boolean {
  return text.length <= 128 && /^[a-zA-Z0-9\-._:]*[a-zA-Z0-9-]$/.test(text);
}
