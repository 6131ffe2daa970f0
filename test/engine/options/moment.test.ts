import { expect, test } from 'vitest';
import { parseMoment } from '../../../src/engine/options/moment.ts';

const now = Date.parse('2025-01-31T12:00:00Z');
const at = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;

test.each([
  ['10m', at('2025-01-31T11:50:00Z')],
  ['-1h', at('2025-01-31T13:00:00Z')],
  ['1700000000', 1_700_000_000_000_000_000n],
  ['1700000000.000000001', 1_700_000_000_000_000_001n],
  ['1700000000.5', 1_700_000_000_500_000_000n],
  ['0', 0n],
  ['2025-01-31T11:00:00Z', at('2025-01-31T11:00:00Z')],
  ['2025-01-31T11:00:00.123456789+01:00', at('2025-01-31T10:00:00Z') + 123_456_789n],
  ['2025-01-31Z', at('2025-01-31T00:00:00Z')],
  ['2025-01-31T11:00', at('2025-01-31T11:00')],
  ['2025-01-31', at('2025-01-31T00:00')],
])('parseMoment() reads %s as docker does', (text, nanoseconds) => {
  expect(parseMoment(text, '--since', now)).toBe(nanoseconds);
});

test.each(['', 'yesterday', '2025-13-01', '2025-01-31 11:00', '1.5.2', '10x'])('parseMoment() refuses "%s"', (text) => {
  expect(() => parseMoment(text, '--since', now)).toThrow(
    `invalid argument "${text}" for "--since": it is no time (expected such as 10m, 1700000000 or 2025-01-31T12:00:00Z)`,
  );
});
