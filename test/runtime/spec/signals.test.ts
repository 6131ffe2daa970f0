import { expect, test } from 'vitest';
import { signalName, signalNumber } from '../../../src/runtime/spec/signals.ts';

test.each([
  ['SIGTERM', 15],
  ['TERM', 15],
  ['term', 15],
  ['15', 15],
  [9, 9],
  ['SIGRTMIN', 34],
  ['RTMIN+3', 37],
  ['SIGRTMAX', 64],
  ['rtmax-1', 63],
  ['SIGIOT', 6],
])('signalNumber(%j) is %d', (signal, number) => {
  expect(signalNumber(signal)).toBe(number);
});

test.each([
  '',
  'SIG',
  'SIGNOPE',
  '0',
  '65',
  '-1',
  '1.5',
  '0x9',
  'RTMIN+31',
  'RTMAX-31',
  'RTMIN-1',
  'RTMAX+1',
  0,
  65,
  1.5,
  Number.NaN,
])('signalNumber(%j) is refused by name', (signal) => {
  expect(() => signalNumber(signal)).toThrow(/cannot send signal ".*": there is none of that name/);
});

test('signalName() undoes signalNumber() for every signal that has a name', () => {
  for (let number = 1; number <= 64; number++) {
    if (number === 32 || number === 33) continue;
    expect(signalNumber(signalName(number))).toBe(number);
  }
});

test('signalName() takes the first of two names', () => {
  expect([6, 29, 31, 37, 33].map(signalName)).toEqual(['SIGABRT', 'SIGIO', 'SIGSYS', 'SIGRTMIN+3', 'signal 33']);
});
