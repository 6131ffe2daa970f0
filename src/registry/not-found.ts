/** A 404 for a manifest: is the repository unknown, or the tag? The list of tags knows, distribution-spec v1.1.1 §Listing Tags. */
import { familiarRepository, formatReference, isDigest, type Reference } from '../oci/index.ts';
import type { Endpoint } from './endpoint.ts';
import { readBody } from './exchange.ts';
import { RegistryError } from './registry-error.ts';
import type { Transport } from './transport.ts';

const longestList = 256 * 1024;
const shownTags = 8;

export interface MissingManifest {
  readonly notFound: RegistryError;
  readonly reference: Reference;
  /** The tag or digest that was asked for: the reference's own, or one that its index names. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** Asks one more question, whose failure changes nothing. @returns the error to throw in place of `notFound` */
export async function explainNotFound(
  transport: Transport,
  endpoint: Endpoint,
  missing: MissingManifest,
): Promise<RegistryError> {
  const { notFound, reference, signal } = missing;
  const action = 'list tags';
  const request = { method: 'GET', path: 'tags/list?n=100', action, accept: [200, 404], signal } as const;
  try {
    const response = await transport.sendOnce(endpoint, request);
    const body = await readBody(response, longestList);
    if (response.status === 404) return unknownRepository(notFound, reference, endpoint);
    return unknownName(missing, parseTags(body?.toString() ?? ''));
  } catch {
    signal?.throwIfAborted();
    return notFound;
  }
}

function unknownRepository(cause: RegistryError, reference: Reference, { host }: Endpoint): RegistryError {
  const message = `cannot pull "${formatReference(reference)}": registry ${host} has no repository "${reference.repository}" (expected one that is there)`;
  const hint = 'Check the name; a private repository may show itself only after a login.';
  return new RegistryError('IMAGE_NOT_FOUND', message, { status: 404, hint, cause });
}

function unknownName({ notFound, reference, name }: MissingManifest, tags: readonly string[]): RegistryError {
  const wanted = isDigest(name) ? `manifest ${name}` : `tag "${name}"`;
  const message = `cannot pull "${formatReference(reference)}": "${familiarRepository(reference)}" has no ${wanted} (expected one that is there)`;
  const some = tags.slice(0, shownTags).join(', ');
  const more = tags.length > shownTags ? ' …' : '';
  const hint = tags.length === 0 ? 'Check the tag.' : `Take one of its tags: ${some}${more}.`;
  return new RegistryError('MANIFEST_NOT_FOUND', message, { status: 404, hint, cause: notFound });
}

/** Tags of the grammar alone: they go into a message. */
function parseTags(body: string): string[] {
  try {
    const { tags } = (JSON.parse(body) ?? {}) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag)) : [];
  } catch {
    return [];
  }
}
