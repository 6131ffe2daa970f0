import { expect, test } from 'vitest';
import { parseSize } from '../../../src/engine/options/size.ts';

test.each([
  ['512', 512],
  ['0', 0],
  ['64k', 65_536],
  ['64KB', 65_536],
  ['1.5m', 1_572_864],
  ['1GiB', 2 ** 30],
  ['2 t', 2 ** 41],
  ['10b', 10],
])('parseSize() takes %j as docker does', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each(['', '-1', 'abc', '1x', '1mm', '1.', '.5', '1,5m', '1e3', ' 1', '1  k', '0x10'])(
  'parseSize() refuses %j',
  (text) => expect(parseSize(text)).toBeUndefined(),
);
