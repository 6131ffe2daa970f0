/** Folders for good, for those who keep files of their own beside the store. Loaded when they are first made. */

/** See `makeDirectory()` in durable.ts. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const durable = await import('./durable.ts');
  await durable.makeDirectory(path, mode);
}

/** See `syncDirectory()` in durable.ts. */
export async function syncDirectory(path: string): Promise<void> {
  const durable = await import('./durable.ts');
  await durable.syncDirectory(path);
}
