/** Manifests and indexes from one endpoint, distribution-spec v1.1.1 §Pulling manifests. What they say is for src/oci to judge. */
import { createHash } from 'node:crypto';
import {
  type Digest,
  digestAlgorithm,
  isDigest,
  isIndexMediaType,
  isManifestMediaType,
  isSchema1MediaType,
  MANIFEST_MEDIA_TYPES,
  sha256Digest,
} from '../oci/index.ts';
import { type Allowance, parseAllowance } from './allowance.ts';
import type { Endpoint } from './endpoint.ts';
import { contentLength, contentType, firstHeader, type HttpResponse, readBody } from './exchange.ts';
import { printUrl, quote } from './redact.ts';
import { RegistryError } from './registry-error.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** distribution-spec v1.1.1 §Pushing Manifests: registries must take this much. */
export const longestManifest = 4 * 1024 * 1024;

/** What a tag means now. */
export interface Resolution {
  /** Of a manifest or index. */
  readonly digest: Digest;
  /** Undefined where the registry does not tell, or nobody was asked. */
  readonly allowance?: Allowance;
}

export interface FetchedManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Of these very bytes. */
  readonly digest: Digest;
  readonly allowance?: Allowance;
}

export interface ManifestRequest {
  /** Tag or digest. */
  readonly name: string;
  /** For messages: `docker.io/library/alpine:latest`. */
  readonly image: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks by HEAD, which costs no pull of Docker Hub's allowance.
 *
 * @returns undefined where the answer does not tell type, digest and size: GET must
 * @throws RegistryError
 */
export async function headManifest(
  transport: Transport,
  endpoint: Endpoint,
  wanted: ManifestRequest,
): Promise<Resolution | undefined> {
  // 400, 405 and 501: there are registries that know no HEAD here.
  const request = requestFor('HEAD', wanted, [200, 400, 405, 501]);
  return await transport.send(endpoint, request, async (response) => {
    response.body.discard();
    const mediaType = contentType(response.headers) ?? '';
    const digest = firstHeader(response.headers, 'docker-content-digest');
    const size = contentLength(response.headers);
    if (isSchema1MediaType(mediaType)) throw unsupported(wanted.image, response, mediaType);
    if (response.status !== 200 || !isKnown(mediaType) || !isDigest(digest) || size === undefined) return undefined;
    if (size > longestManifest) throw tooLarge(wanted.image, response);
    return { digest, ...allowanceOf(response) };
  });
}

/**
 * @param expected what the bytes must hash to; undefined where a tag is asked for
 * @throws RegistryError `MANIFEST_TOO_LARGE`, `MANIFEST_TYPE_UNSUPPORTED`, `MANIFEST_DIGEST_MISMATCH` …
 */
export async function getManifest(
  transport: Transport,
  endpoint: Endpoint,
  { expected, ...wanted }: ManifestRequest & { readonly expected: Digest | undefined },
): Promise<FetchedManifest> {
  return await transport.send(endpoint, requestFor('GET', wanted, [200]), async (response) => {
    const declared = contentType(response.headers) ?? '';
    if (!isKnown(declared) && !isGeneral(declared)) throw unsupported(wanted.image, response, declared);
    const bytes = await readBody(response, longestManifest);
    if (bytes === undefined) throw tooLarge(wanted.image, response);
    const claimed = expected ?? firstHeader(response.headers, 'docker-content-digest');
    const digest = isDigest(claimed) ? digestLike(claimed, bytes) : sha256Digest(bytes);
    if (isDigest(claimed) && claimed !== digest) throw mismatch(wanted.image, response, { claimed, digest });
    const mediaType = isKnown(declared) ? declared : ownMediaType(bytes);
    if (!isKnown(mediaType)) throw unsupported(wanted.image, response, mediaType);
    return { bytes, mediaType, digest, ...allowanceOf(response) };
  });
}

function requestFor(
  method: 'GET' | 'HEAD',
  { name, image, signal }: ManifestRequest,
  accept: readonly number[],
): ApiRequest {
  return {
    method,
    path: `manifests/${name}`,
    headers: { accept: MANIFEST_MEDIA_TYPES.join(', '), 'accept-encoding': 'identity' },
    accept,
    action: `pull "${image}"`,
    notFound: 'MANIFEST_NOT_FOUND',
    signal,
  };
}

function allowanceOf(response: HttpResponse): { readonly allowance?: Allowance } {
  const allowance = parseAllowance(response.headers);
  return allowance === undefined ? {} : { allowance };
}

function isKnown(mediaType: string): boolean {
  return isManifestMediaType(mediaType) || isIndexMediaType(mediaType);
}

/** Types under which registries also serve manifests: the document's own word counts then. */
function isGeneral(mediaType: string): boolean {
  return /^(?:|text\/plain|application\/(?:json|octet-stream))$/.test(mediaType);
}

/** Empty where the document does not say. */
function ownMediaType(bytes: Buffer): string {
  try {
    const document = JSON.parse(bytes.toString()) as { mediaType?: unknown; schemaVersion?: unknown } | null;
    if (document?.schemaVersion === 1) return 'application/vnd.docker.distribution.manifest.v1+json';
    return typeof document?.mediaType === 'string' ? document.mediaType : '';
  } catch {
    return '';
  }
}

function digestLike(digest: Digest, bytes: Buffer): Digest {
  const algorithm = digestAlgorithm(digest);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

function tooLarge(image: string, response: HttpResponse): RegistryError {
  const length = contentLength(response.headers);
  const found = length === undefined ? 'does not end' : `has ${length} bytes`;
  return new RegistryError(
    'MANIFEST_TOO_LARGE',
    `cannot pull "${image}": the manifest at ${printUrl(response.request.url)} ${found} (expected at most ${longestManifest})`,
    { status: response.status },
  );
}

function mismatch(image: string, response: HttpResponse, found: { claimed: Digest; digest: Digest }): RegistryError {
  return new RegistryError(
    'MANIFEST_DIGEST_MISMATCH',
    `cannot pull "${image}": the manifest at ${printUrl(response.request.url)} has digest ${found.digest} (expected ${found.claimed})`,
    {
      status: response.status,
      hint: 'The registry, or a proxy before it, serves altered content: nothing of it was kept.',
    },
  );
}

function unsupported(image: string, response: HttpResponse, mediaType: string): RegistryError {
  const old = isSchema1MediaType(mediaType);
  return new RegistryError(
    'MANIFEST_TYPE_UNSUPPORTED',
    `cannot pull "${image}": ${printUrl(response.request.url)} is ${old ? `a schema 1 manifest (${mediaType})` : `of type ${quote(mediaType)}`} (expected an OCI or Docker schema 2 manifest or index)`,
    {
      status: response.status,
      hint: old
        ? 'Schema 1 is obsolete since 2019: push the image anew with a current client.'
        : 'Check that this is a registry: a login page or a proxy may answer in its place.',
    },
  );
}
