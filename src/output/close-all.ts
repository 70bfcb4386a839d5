/** Closes every one, also where another cannot be closed. @throws what the first of these failed with */
export async function closeAll(
  open: readonly ({ close(): Promise<void> } | undefined)[],
): Promise<void> {
  const ends = open.map(async (each) => each?.close());
  await Promise.allSettled(ends);
  await Promise.all(ends);
}
