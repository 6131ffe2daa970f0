/**
 * Image references and Docker Hub's normal form of them, distribution/reference v0.6.0 normalize.go. The grammar stands in
 * `reference-grammar.ts`.
 */
import { GockerError } from '../errors/index.ts';
import { type Digest, isDigest } from './digest.ts';
import { identifierGrammar, nameGrammar, referenceGrammar } from './reference-grammar.ts';

/** A reference in its normal form: `docker.io/library/alpine:latest`. */
export interface Reference {
  /** Host, with its port if it has one: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path within the registry: `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** The name of an image as a user types it: a reference, or the digest of an image that is here. */
export type ImageName =
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'reference'; readonly reference: Reference };

const HUB = 'docker.io';
/** Characters of a repository, without its registry. */
const LONGEST_REPOSITORY = 255;
/** No valid reference is longer; what is longer is not worth matching. */
const LONGEST_REFERENCE = 4096;

/**
 * `alpine` → `docker.io/library/alpine:latest`. The default tag is added only where neither tag nor digest is given.
 *
 * @throws GockerError `REFERENCE_EMPTY`, `REFERENCE_UPPERCASE`, `REFERENCE_TOO_LONG`, `REFERENCE_IS_ID`, `REFERENCE_INVALID`,
 *   `DIGEST_INVALID`, `DIGEST_UNSUPPORTED`
 */
export function parseReference(text: string): Reference {
  const reference = parseNamed(text);
  const complete = reference.tag !== undefined || reference.digest !== undefined;
  return complete ? reference : { ...reference, tag: 'latest' };
}

/** Like parseReference(), but `alpine` stays without a tag: the repository is meant. */
export function parseNamed(text: string): Reference {
  if (identifierGrammar.test(text)) {
    throw new GockerError(
      'REFERENCE_IS_ID',
      `cannot parse reference "${text}": it has the form of an image id (expected a name)`,
    );
  }
  const { registry, rest } = splitRegistry(text);
  const { name, tag, digest } = splitReference(text, `${registry}/${rest}`);
  return {
    registry,
    repository: name.slice(registry.length + 1),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** 64 hex digits, alone or after `sha256:`, are a digest; all else is a reference, without a default tag. */
export function parseImageName(text: string): ImageName {
  const digest = identifierGrammar.test(text) ? `sha256:${text}` : text;
  return isDigest(digest) ? { kind: 'digest', digest } : { kind: 'reference', reference: parseNamed(text) };
}

/** The full form: `docker.io/library/alpine:3.20@sha256:…`. */
export function formatReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** What docker prints: `alpine:3.20`. parseNamed() of it gives the same reference. */
export function familiarName(reference: Reference): string {
  return familiarRepository(reference) + suffix(reference);
}

/** What docker prints as REPOSITORY: `alpine`, `foo/bar`, `localhost:5000/app`. */
export function familiarRepository({ registry, repository }: Reference): string {
  if (registry !== HUB) return `${registry}/${repository}`;
  const short = repository.replace(/^library\/(?=[^/]+$)/, '');
  const { registry: read, rest } = splitRegistry(short);
  const same = read === HUB && rest === repository && !identifierGrammar.test(short);
  return same ? short : `${registry}/${short}`;
}

/** What to ask a registry for: where there is a digest, it decides and the tag is dropped. */
export function pinnedReference({ registry, repository, tag, digest }: Reference): Reference {
  if (digest !== undefined) return { registry, repository, digest };
  return { registry, repository, tag: tag ?? 'latest' };
}

/**
 * A reference by the grammar alone, without Docker Hub's rules.
 *
 * @param shown the user's text, for errors
 */
export function splitReference(shown: string, text = shown): { name: string; tag?: string; digest?: Digest } {
  const [, name, tag, digest] = (text.length <= LONGEST_REFERENCE && referenceGrammar.exec(text)) || [];
  if (name === undefined) throw explainRefusal(shown, text);
  const repository = nameGrammar.exec(name)?.[2] ?? name;
  if (repository.length > LONGEST_REPOSITORY) {
    const found = `its repository has ${repository.length} characters`;
    throw invalid('REFERENCE_TOO_LONG', shown, `${found} (expected at most ${LONGEST_REPOSITORY})`);
  }
  return {
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: checkDigest(shown, digest) }),
  };
}

/** The first component is a registry if it looks like a host: has a dot, a port or an upper-case letter, or is localhost. */
function splitRegistry(text: string): { registry: string; rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = isHost && first !== 'index.docker.io' ? first : HUB;
  const rest = isHost ? text.slice(slash + 1) : text;
  const official = registry === HUB && rest !== '' && !rest.includes('/');
  return { registry, rest: official ? `library/${rest}` : rest };
}

function checkDigest(shown: string, digest: string): Digest {
  if (!digest.startsWith('sha256:')) {
    const algorithm = digest.slice(0, digest.indexOf(':'));
    throw invalid('DIGEST_UNSUPPORTED', shown, `its digest is of algorithm "${algorithm}" (expected sha256)`);
  }
  if (isDigest(digest)) return digest;
  throw invalid('DIGEST_INVALID', shown, 'its digest is malformed (expected "sha256:" and 64 lower-case hex digits)');
}

function explainRefusal(shown: string, text: string): GockerError {
  if (shown === '') return invalid('REFERENCE_EMPTY', shown, 'it is empty (expected a name)');
  if (text.length > LONGEST_REFERENCE) {
    return invalid(
      'REFERENCE_TOO_LONG',
      `${shown.slice(0, 64)}…`,
      `it has ${shown.length} characters (expected a name)`,
    );
  }
  if (referenceGrammar.test(text.toLowerCase())) {
    return invalid('REFERENCE_UPPERCASE', shown, 'its repository has upper-case letters (expected lower case)');
  }
  const hint = /^https?:\/\//.test(shown) ? 'Leave out the scheme: "host/repository:tag".' : undefined;
  return invalid('REFERENCE_INVALID', shown, 'malformed (expected "[host[:port]/]repository[:tag][@digest]")', hint);
}

function invalid(code: string, shown: string, reason: string, hint?: string): GockerError {
  return new GockerError(code, `cannot parse reference ${JSON.stringify(shown)}: ${reason}`, { hint });
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}
