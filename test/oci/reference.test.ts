import { expect, test } from 'vitest';
import {
  familiarName,
  formatReference,
  matchReference,
  parseImageName,
  parseNamed,
  parseReference,
} from '../../src/oci/index.ts';

const hex = 'ab'.repeat(32);

test.each([
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
  [`alpine@sha256:${hex}`, `docker.io/library/alpine@sha256:${hex}`, `alpine@sha256:${hex}`],
  ['index.docker.io/me/app', 'docker.io/me/app:latest', 'me/app:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  [`host:5000/a/b:t@sha256:${hex}`, `host:5000/a/b:t@sha256:${hex}`, `host:5000/a/b:t@sha256:${hex}`],
])('parseReference() brings %s to its normal form', (text, full, familiar) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(full);
  expect(familiarName(reference)).toBe(familiar);
});

test.each([`docker.io/library/${hex}`, 'docker.io/localhost/foo', 'docker.io/a.b/foo', 'docker.io/library/a/b'])(
  'familiarName() of %s reads back as the same reference',
  (text) => {
    const reference = parseNamed(text);
    expect(parseNamed(familiarName(reference))).toEqual(reference);
  },
);

test.each([
  ['Alpine', 'upper-case'],
  ['', 'empty'],
  [`a/${'b'.repeat(256)}`, 'characters'],
  ['x'.repeat(100_000), 'characters'],
  [`alpine@sha256:${hex}0`, 'digest is malformed'],
  [`alpine@sha512:${hex}${hex}`, 'algorithm "sha512"'],
  [hex, 'image id'],
  ['alpine:', 'malformed'],
  ['alpine:a b', 'malformed'],
  ['../etc', 'malformed'],
  ['a/../../etc', 'malformed'],
  ['alpine\n', 'malformed'],
])('parseReference(%j) says what is wrong: %s', (text, reason) => {
  expect(() => parseReference(text)).toThrow(reason);
});

test('parseReference() answers at once for a text made to make regular expressions slow', () => {
  expect(() => parseReference(`${'a-'.repeat(2000)}!`)).toThrow('malformed');
  expect(() => parseReference(`${'a.'.repeat(2000)}/`)).toThrow('malformed');
});

test('parseImageName() takes 64 hex digits for the digest of an image that is here', () => {
  expect(parseImageName(hex)).toEqual({ kind: 'digest', digest: `sha256:${hex}` });
  expect(parseImageName(hex.slice(1)).kind).toBe('reference');
});

test.each([
  ['alp*', 'alpine:3.20', true],
  ['alpine:3.*', 'alpine:3.20', true],
  ['*', 'me/app', false],
  ['*/*', 'me/app', true],
  ['a?pine', 'alpine', true],
  ['[!a]lpine', 'alpine', true],
  ['[^a]lpine', 'alpine', false],
  ['[a-c]lpine:lates[t]', 'alpine:latest', true],
  ['alpine.', 'alpinex', false],
  [String.raw`a\lpine`, 'alpine', true],
])('matchReference(%j, %s) is %s, as path.Match in Go', (pattern, name, expected) => {
  expect(matchReference(pattern, parseReference(name))).toBe(expected);
});

test.each(['[', 'a[', '[]', 'a\\', '[z-a]'])('matchReference() refuses the malformed pattern %s', (pattern) => {
  expect(() => matchReference(pattern, parseReference('alpine'))).toThrow('malformed');
});
