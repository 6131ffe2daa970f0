import { describe, expect, test } from 'vitest';
import {
  parseDescriptor,
  parseImageConfig,
  parseImageIndex,
  parseImageLayout,
  parseManifest,
} from '../../src/oci/index.ts';
import { readSuite } from './suites.ts';

type Case = { readonly document: string; readonly invalid: boolean };
const parsers = {
  manifest: parseManifest,
  config: parseImageConfig,
  imageindex: parseImageIndex,
  imagelayout: parseImageLayout,
  descriptor: parseDescriptor,
};
type Suite = Readonly<Record<keyof typeof parsers, readonly Case[]>>;

const suite = readSuite<Suite>('image-spec-documents.json');

describe.skipIf(suite === undefined)('the document suite', () => {
  for (const kind of Object.keys(parsers) as (keyof typeof parsers)[]) {
    const cases = (suite?.[kind] ?? []).map((entry, index) => ({ ...entry, index }));
    test.each(cases)(`${kind} $index, invalid: $invalid`, ({ document, invalid }) => {
      const parse = () => parsers[kind](new TextEncoder().encode(document));
      if (invalid) expect(parse).toThrow(/^cannot parse /);
      else expect(parse()).toBeTruthy();
    });
  }
});
