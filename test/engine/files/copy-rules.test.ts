import { describe, expect, test } from 'vitest';
import { copyRule, saysContents, saysDirectory } from '../../../src/engine/files/copy-rules.ts';

const file = { isDirectory: false, contents: false };
const directory = { isDirectory: true, contents: false };
const contents = { isDirectory: true, contents: true };

/** As docker 28 was seen to do. */
describe('copyRule()', () => {
  test.each([
    ['a file to nothing takes the name', file, undefined, false, { into: 'parent' }],
    [
      'a file to nothing that is said to be a directory is refused',
      file,
      undefined,
      true,
      { refused: 'no such directory' },
    ],
    ['a file to a file takes its place', file, 'other', false, { into: 'parent' }],
    [
      'a file to a file that is said to be a directory is refused',
      file,
      'other',
      true,
      { refused: 'no such directory' },
    ],
    ['a file to a directory goes into it', file, 'directory', false, { into: 'destination' }],
    ['a directory to nothing becomes it', directory, undefined, false, { into: 'parent' }],
    ['a directory to nothing that is said to be one becomes it', directory, undefined, true, { into: 'parent' }],
    ['a directory to a file is refused', directory, 'other', false, { refused: 'cannot copy directory' }],
    ['a directory to a directory goes into it', directory, 'directory', true, { into: 'destination' }],
    ['contents to nothing become it', contents, undefined, false, { into: 'parent' }],
    ['contents to a directory go into it', contents, 'directory', false, { into: 'destination' }],
    ['contents to a file are refused', contents, 'other', false, { refused: 'cannot copy directory' }],
  ] as const)('%s', (_, what, exists, says, rule) => {
    expect(copyRule(what, { exists, saysDirectory: says })).toEqual(rule);
  });

  test('a path speaks of a directory, or of what that holds, by its end alone', () => {
    expect(['a', 'a/', 'a/.', '.', '/', 'a.', 'a/..', ''].map(saysDirectory)).toEqual([
      ...[false, true, true, true, true, false, false, false],
    ]);
    expect(['a', 'a/', 'a/.', '.', '/', 'a.', 'a/..', ''].map(saysContents)).toEqual([
      ...[false, false, true, true, true, false, false, true],
    ]);
  });
});
