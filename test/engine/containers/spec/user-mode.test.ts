import { expect, test } from 'vitest';
import { parseUserMode } from '../../../../src/engine/containers/spec/user-mode.ts';

test.each([
  [undefined, { kind: 'host' }],
  ['', { kind: 'host' }],
  ['host', { kind: 'host' }],
  ['auto', { kind: 'auto', size: 65536 }],
  ['auto:size=1', { kind: 'auto', size: 1 }],
  ['remap:100000', { kind: 'range', ids: { start: 100000, size: 65536 } }],
  ['remap:1:10', { kind: 'range', ids: { start: 1, size: 10 } }],
  ['remap:4294967294:1', { kind: 'range', ids: { start: 4294967294, size: 1 } }],
  ['container:web', { kind: 'container', container: 'web' }],
])('parseUserMode(%j) is %j', (text, mode) => {
  expect(parseUserMode(text)).toEqual(mode);
});

test.each([
  ['keep-id', 'invalid USER mode (expected host, auto, auto:size=N, remap:START, remap:START:SIZE, container:ID)'],
  ['auto:size=', 'invalid USER mode'],
  ['auto:size=-1', 'invalid USER mode'],
  ['auto:size=0', 'a size of 0 ids'],
  ['remap:x', 'invalid USER mode'],
  ['remap:0:10', "the container's root would be the host's (expected a START above 0)"],
  ['remap:1:0', 'a size of 0 ids'],
  ['remap:4294967294:2', 'ids that there are not (expected START + SIZE up to 4294967295)'],
  ['remap:1:2147483649', 'a size of 2147483649 ids'],
  ['container:', 'invalid USER mode'],
])('parseUserMode() refuses %j', (text, message) => {
  expect(() => parseUserMode(text)).toThrow(message);
  expect(() => parseUserMode(text)).toThrow(`invalid argument ${JSON.stringify(text)} for "--userns"`);
});
