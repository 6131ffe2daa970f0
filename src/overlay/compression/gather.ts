/** Larger pieces out of small ones: a job of the thread pool costs the same for either. */

/** Chunks of so many bytes at least, but for the last. */
export async function* gather(source: AsyncIterable<Buffer>, least: number): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < least) continue;
    yield gathered.length === 1 ? chunk : Buffer.concat(gathered, length);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered, length);
}
