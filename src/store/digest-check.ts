/**
 * Digests of bytes that stream by, checked by ssri. It is loaded on first use: a run from the cache checks nothing but
 * small documents, and starts sooner without it.
 */
import { type Digest, digestAlgorithm, digestHex } from '../oci/index.ts';

export interface DigestCheck {
  update(chunk: Uint8Array): void;
  /** The digest of everything that went by. Called once. */
  finish(): Digest;
}

/** A check against `expected`, in its algorithm; the caller compares `finish()` with it. */
export async function startDigestCheck(expected: Digest): Promise<DigestCheck> {
  const { fromHex, integrityStream } = await import('ssri');
  const algorithm = digestAlgorithm(expected);
  let found: string | undefined;
  const stream = integrityStream({
    // Left out, ssri hashes with sha512 as well: a third of the speed, and then it compares the wrong one.
    algorithms: [algorithm],
    integrity: fromHex(digestHex(expected), algorithm, { single: true }),
  });
  stream.on('verified', () => {
    found = digestHex(expected);
  });
  stream.on('error', (error: Error & { found?: { hexDigest(): string } }) => {
    found = error.found?.hexDigest();
  });
  // Nobody reads the stream's other side. It flows synchronously: each write has been hashed when it returns.
  stream.resume();
  return {
    update: (chunk) => void stream.write(chunk),
    finish: () => {
      stream.end();
      if (found === undefined) throw new Error('ssri ended with neither "verified" nor a found digest');
      return `${algorithm}:${found}` as Digest;
    },
  };
}
