/** `HOST` of `HOST:PORT`; other texts stay as they are. */
export function withoutPort(text: string): string {
  return text.replace(/:\d{1,5}$/, "");
}
