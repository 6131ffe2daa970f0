import { expect, test } from 'vitest';
import { DetachScanner, parseDetachKeys } from '../../../src/cli/run/detach-keys.ts';

test.each([
  ['ctrl-p,ctrl-q', [16, 17]],
  ['a', [97]],
  ['A,ctrl-@', [65, 0]],
  ['ctrl-[,ctrl-_,ctrl-\\', [27, 31, 28]],
])('parseDetachKeys() reads %s', (text, bytes) => {
  expect([...parseDetachKeys(text, 'attach')]).toEqual(bytes);
});

test.each(['', 'ab', 'ctrl-', 'ctrl-foo', 'ctrl-1', 'a,,b', 'é', 'alt-a'])('parseDetachKeys() rejects "%s"', (text) => {
  expect(() => parseDetachKeys(text, 'attach')).toThrow(/for "--detach-keys" flag \(expected keys such as/);
});

/** What went on, by every piece that was typed; a bar where the keys were found. */
function scan(keys: string, ...pieces: string[]): string {
  const scanner = new DetachScanner(Buffer.from(keys));
  return pieces
    .map((piece) => {
      const { passed, detached } = scanner.scan(Buffer.from(piece));
      return `${passed}${detached ? '|' : ''}`;
    })
    .join(' ');
}

test('the keys are found in one piece and in many, and nothing behind them goes on', () => {
  expect(scan('pq', 'abpqcd')).toBe('ab|');
  expect(scan('pq', 'p', 'q')).toBe(' |');
  expect(scan('a', 'xay')).toBe('x|');
});

test('keys that turn out not to be the sequence go on, in order', () => {
  expect(scan('pq', 'pa', 'p', 'x')).toBe('pa  px');
  expect(scan('pqr', 'pq', 'pqs')).toBe(' pqpqs');
});

test('the sequence may begin within what only seemed to be it', () => {
  expect(scan('pq', 'ppq')).toBe('p|');
  expect(scan('ppq', 'pppq')).toBe('p|');
  expect(scan('papb', 'papapb')).toBe('pa|');
});
