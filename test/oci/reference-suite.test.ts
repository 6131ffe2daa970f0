import { describe, expect, test } from 'vitest';
import { GockerError } from '../../src/errors/index.ts';
import {
  type Digest,
  familiarName,
  familiarRepository,
  formatReference,
  matchReference,
  parseImageName,
  parseNamed,
  parseReference,
  pinnedReference,
} from '../../src/oci/index.ts';
import { splitReference } from '../../src/oci/reference.ts';
import { domainGrammar, identifierGrammar, nameGrammar, referenceGrammar } from '../../src/oci/reference-grammar.ts';
import { readSuite } from './suites.ts';

interface Match {
  readonly input: string;
  readonly match: boolean;
  readonly subs?: readonly string[];
}

interface Suite {
  readonly parse: readonly {
    input: string;
    repository?: string;
    domain?: string;
    tag?: string;
    digest?: string;
    error?: string;
  }[];
  readonly normalizedValid: readonly string[];
  readonly normalizedInvalid: readonly string[];
  readonly repositoryInfo: readonly {
    RemoteName: string;
    FamiliarName: string;
    FullName: string;
    AmbiguousName: string;
    Domain: string;
  }[];
  readonly anyReference: readonly { input: string; canonical: string }[];
  readonly splitHostname: readonly { input: string; domain: string; path: string }[];
  readonly familiarMatch: readonly { reference: string; pattern: string; expected: boolean }[];
  readonly parseDockerRef: readonly { input: string; expected: string }[];
  readonly domainRegexp: readonly Match[];
  readonly identifierRegexp: readonly Match[];
  readonly fullNameRegexp: readonly Match[];
  readonly referenceRegexp: readonly Match[];
  readonly withTag: readonly { name: string; tag: string; digest?: string; combined: string }[];
}

const codes: Readonly<Record<string, string>> = {
  ErrNameEmpty: 'REFERENCE_EMPTY',
  ErrReferenceInvalidFormat: 'REFERENCE_INVALID',
  ErrDigestInvalidLength: 'DIGEST_INVALID',
  ErrDigestUnsupported: 'DIGEST_UNSUPPORTED',
  ErrNameContainsUppercase: 'REFERENCE_UPPERCASE',
  ErrNameTooLong: 'REFERENCE_TOO_LONG',
};

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (error) {
    if (error instanceof GockerError) return error.code;
    throw error;
  }
}

const suite = readSuite<Suite>('reference-parsing.json');

describe.skipIf(suite === undefined)('the reference suite', () => {
  const cases = suite as Suite;

  test.each(cases?.parse ?? [])('splitReference($input) follows the grammar', (expected) => {
    if (expected.error !== undefined) {
      expect(codeOf(() => splitReference(expected.input))).toBe(codes[expected.error]);
      return;
    }
    const { name, tag = '', digest = '' } = splitReference(expected.input);
    const domain = nameGrammar.exec(name)?.[1] ?? '';
    expect({ repository: name, domain, tag, digest }).toEqual({
      repository: expected.repository,
      domain: expected.domain,
      tag: expected.tag,
      digest: expected.digest,
    });
  });

  test.each(cases?.normalizedValid ?? [])('parseReference(%s) accepts', (input) => {
    expect(codeOf(() => parseReference(input))).toBe('none');
  });

  test.each(cases?.normalizedInvalid ?? [])('parseReference(%s) refuses', (input) => {
    expect(codeOf(() => parseReference(input))).toMatch(/^REFERENCE_/);
  });

  test.each(cases?.repositoryInfo ?? [])('$FullName has the short form $FamiliarName', (expected) => {
    const forms = [expected.FamiliarName, expected.FullName, expected.AmbiguousName].filter((form) => form !== '');
    for (const form of forms) {
      const reference = parseNamed(form);
      expect(reference).toEqual({ registry: expected.Domain, repository: expected.RemoteName });
      expect(formatReference(reference)).toBe(expected.FullName);
      expect(familiarRepository(reference)).toBe(expected.FamiliarName);
    }
  });

  test.each(cases?.anyReference ?? [])('parseImageName($input) is $canonical', ({ input, canonical }) => {
    const name = parseImageName(input);
    expect(name.kind === 'digest' ? name.digest : formatReference(name.reference)).toBe(canonical);
  });

  test.each(cases?.splitHostname ?? [])('$input is $path at $domain', ({ input, domain, path }) => {
    expect(parseNamed(input)).toEqual({ registry: domain, repository: path });
  });

  test.each(cases?.familiarMatch ?? [])('$pattern against $reference: $expected', (expected) => {
    expect(matchReference(expected.pattern, parseNamed(expected.reference))).toBe(expected.expected);
  });

  test.each(cases?.parseDockerRef ?? [])('$input is asked for as $expected', ({ input, expected }) => {
    expect(formatReference(pinnedReference(parseReference(input)))).toBe(expected);
  });

  test.each(cases?.withTag ?? [])('$combined is written from its parts', ({ name, tag, digest, combined }) => {
    const parts = { ...parseNamed(name), tag, ...(digest === undefined ? {} : { digest: digest as Digest }) };
    expect(familiarName(parts)).toBe(combined);
  });

  const grammars = {
    domainRegexp: domainGrammar,
    identifierRegexp: identifierGrammar,
    fullNameRegexp: nameGrammar,
    referenceRegexp: referenceGrammar,
  };
  for (const group of Object.keys(grammars) as (keyof typeof grammars)[]) {
    test.each(cases?.[group] ?? [])(`${group} on $input: $match`, ({ input, match, subs }) => {
      const found = grammars[group].exec(input);
      expect(found !== null).toBe(match);
      if (subs !== undefined) expect([...(found ?? [])].slice(1).map((sub) => sub ?? '')).toEqual(subs);
    });
  }
});
