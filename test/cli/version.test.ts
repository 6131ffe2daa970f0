import { expect, test } from 'vitest';
import { readVersion } from '../../src/cli/version.ts';

test('readVersion() reads the package’s own, and does not look for ever where there is none', () => {
  expect(readVersion()).toMatch(/^\d+\.\d+\.\d+/);
  expect(readVersion('/proc')).toBe('unknown');
});
