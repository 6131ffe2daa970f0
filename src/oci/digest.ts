/**
 * Content addresses: `algorithm:hex`, image-spec v1.1.1 descriptor.md#digests. Three brands of one shape, since mixing the
 * digest of a compressed blob with that of its tar is the classic fault of image tools: here it does not compile.
 *
 *   digest    ::= algorithm ":" encoded
 *   algorithm ::= "sha256" | "sha512"
 *   encoded   ::= 64 (sha256) or 128 (sha512) of [a-f0-9]
 */
import { GockerError } from '../errors/index.ts';

declare const brand: unique symbol;

/** The address of a blob as it is stored and sent. */
export type Digest = string & { readonly [brand]: 'Digest' };
/** The sha256 of a layer's uncompressed tar, image-spec v1.1.1 config.md#layer-diffid. */
export type DiffID = string & { readonly [brand]: 'DiffID' };
/** The address of a stack of layers, image-spec v1.1.1 config.md#layer-chainid. */
export type ChainID = string & { readonly [brand]: 'ChainID' };

export type DigestAlgorithm = 'sha256' | 'sha512';

const pattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** True where the text is a digest of an algorithm that we verify. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && pattern.test(text);
}

/** @throws GockerError `DIGEST_INVALID` */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  throw new GockerError(
    'DIGEST_INVALID',
    `cannot parse digest ${JSON.stringify(text)?.slice(0, 160)}: malformed (expected "sha256:" and 64 lower-case hex digits)`,
  );
}

/** @throws GockerError `DIGEST_INVALID` */
export function parseDiffID(text: unknown): DiffID {
  return parseDigest(text) as string as DiffID;
}

export function digestAlgorithm(digest: Digest | DiffID | ChainID): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The part after the colon: what names a file of the store. */
export function digestHex(digest: Digest | DiffID | ChainID): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function sha256Digest(bytes: Uint8Array | string): Digest {
  // Not at the top: importing it takes 5 ms, and a start from cache hashes nothing.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** ChainID(L₀) = DiffID(L₀); ChainID(L₀|…|Lₙ) = sha256(ChainID(L₀|…|Lₙ₋₁) " " DiffID(Lₙ)). One for each layer, bottom first. */
export function chainIDs(diffIDs: readonly DiffID[]): ChainID[] {
  const chain: ChainID[] = [];
  for (const diffID of diffIDs) {
    const below = chain.at(-1);
    chain.push((below === undefined ? diffID : sha256Digest(`${below} ${diffID}`)) as string as ChainID);
  }
  return chain;
}
