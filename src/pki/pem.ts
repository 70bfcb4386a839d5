const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** One PEM block (RFC 7468): its label and its text, ended by a line feed. */
export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** Every complete block in `text`, in order; text between blocks is left out. Never throws. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([block, label]) => ({
    label: label ?? "",
    text: `${block.replaceAll("\r\n", "\n")}\n`,
  }));
}

/** `der` as a PEM block with lines of 64 characters. */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("base64");
  let lines = "";
  for (let at = 0; at < base64.length; at += 64) lines += `${base64.slice(at, at + 64)}\n`;
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

/** The certificates in `text`, each as a PEM block of its own. */
export function certificateBlocks(text: string): string[] {
  return pemBlocks(text)
    .filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE")
    .map(({ text: block }) => block);
}
