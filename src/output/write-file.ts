import { rename, writeFile } from "node:fs/promises";

/** Writes a whole file, or leaves the path as it was: nobody ever reads half of it. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  await writeFile(partial, text, "utf8");
  await rename(partial, path);
}
