/** Descriptors, image-spec v1.1.1 descriptor.md: what points from one document to the next. */
import { type Digest, isDigest } from './digest.ts';
import type { Descriptor } from './documents.ts';
import { JsonValue } from './json.ts';
import { isMediaType } from './media-type.ts';
import type { Platform } from './platform.ts';

/**
 * Checks one descriptor. Digests of algorithms that we can't verify pass here, as descriptor.md#digests asks; whoever
 * would fetch such a blob refuses it (`isDigest` tells).
 *
 * @throws GockerError `DOCUMENT_INVALID`
 */
export function parseDescriptor(bytes: Uint8Array | string): Descriptor {
  return readDescriptor(JsonValue.parse('descriptor', bytes));
}

export function readDescriptor(value: JsonValue): Descriptor {
  return {
    mediaType: readMediaType(value.field('mediaType')),
    digest: readDigest(value.field('digest')),
    size: value.field('size').integer(),
    ...value.optional('urls', (urls) => urls.list(readUrl)),
    ...value.optional('annotations', readStrings),
    ...value.optional('data', readBase64),
    ...value.optional('artifactType', readMediaType),
    ...value.optional('platform', readPlatform),
  };
}

export function readMediaType(value: JsonValue): string {
  const text = value.string();
  return isMediaType(text) ? text : value.refuse('a media type, "type/subtype"');
}

export function readPlatform(value: JsonValue): Platform {
  return {
    os: value.field('os').string(),
    architecture: value.field('architecture').string(),
    ...value.optional('variant', (variant) => variant.string()),
    ...value.optional('os.version', (version) => version.string()),
    ...value.optional('os.features', (features) => features.list((feature) => feature.string())),
  };
}

export function readStrings(value: JsonValue): Record<string, string> {
  return value.record((member) => member.string());
}

/**
 *   digest    ::= algorithm ":" encoded
 *   algorithm ::= component (("+" | "." | "_" | "-") component)*
 *   component ::= [a-z0-9]+
 *   encoded   ::= [a-zA-Z0-9=_-]+
 */
const digestGrammar = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

function readDigest(value: JsonValue): Digest {
  const text = value.string();
  if (isDigest(text)) return text;
  const verifiable = /^sha(?:256|512):/.test(text);
  if (verifiable || !digestGrammar.test(text)) return value.refuse('a digest, "sha256:" and 64 lower-case hex digits');
  return text as Digest;
}

function readUrl(value: JsonValue): string {
  const text = value.string();
  return URL.canParse(text) ? text : value.refuse('a URL');
}

/** RFC 4648 §4, with its padding. */
function readBase64(value: JsonValue): string {
  const text = value.string();
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
  return valid ? text : value.refuse('base64 with padding');
}
