import { Buffer } from "node:buffer";

/** A secret that was used, and what it is called where it is found: never by its value. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

/** Shorter ones would be found by chance. */
const SHORTEST = 8;

/** What has the looks of a secret, whichever it is. */
const SHAPES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/],
  ["a shared access key", /SharedAccessKey=[A-Za-z0-9+/]{8}/],
  ["a signature", /sig=[A-Za-z0-9+/%]{20}/],
];

/** In base64 a text looks different by what stands before it: these are its letters wherever it stands. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].map((before) => {
    const letters = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return letters.slice(first, whole);
  });
}

/** How a secret may stand in a text: as it is, in JSON, in a URL, in base64 of both alphabets, in hexadecimal. */
function formsOf(value: string): readonly string[] {
  const inUrl = encodeURIComponent(value);
  const base64 = base64Forms(value);
  const hex = Buffer.from(value).toString("hex");
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    inUrl,
    inUrl.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    hex,
    hex.toUpperCase(),
  ];
}

/** The lines of a private key in PEM; any of them would be too much. */
export function pemSecrets(name: string, pem: string): readonly KnownSecret[] {
  return pem
    .split("\n")
    .filter((line) => /^[A-Za-z0-9+/]{40,}=*$/.test(line))
    .map((value) => ({ name, value }));
}

/** The key or password in a connection string. */
export function connectionStringSecrets(name: string, text: string): readonly KnownSecret[] {
  const [, value] = /SharedAccessKey=([^;\s"]+)/.exec(text) ?? [];
  if (value === undefined) throw new TypeError(`${name} has no key`);
  return [{ name, value }];
}

/**
 * Makes a search for secrets in whatever form they may be.
 *
 * @returns gives the names of those that a text holds, each once
 * @throws {TypeError} for a secret that is too short to be looked for
 */
export function secretSearch(secrets: readonly KnownSecret[]): (text: string) => readonly string[] {
  const short = secrets.find(({ value }) => value.length < SHORTEST);
  if (short !== undefined) throw new TypeError(`${short.name} is too short to be looked for`);
  const forms = secrets.map(({ name, value }) => ({ name, forms: new Set(formsOf(value)) }));
  return (text) => {
    // Base64 is often cut into lines.
    const texts = [text, text.replaceAll(/\\n|\r?\n/g, "")];
    const known = forms.flatMap((secret) =>
      [...secret.forms].some((form) => texts.some((one) => one.includes(form)))
        ? [secret.name]
        : [],
    );
    const shapes = SHAPES.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
    return [...new Set([...known, ...shapes])];
  };
}
