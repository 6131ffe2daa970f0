import { expect, test } from 'vitest';
import { parseCsvRecord } from '../../../../src/engine/containers/spec/mounts/csv.ts';

test.each([
  ['a', ['a']],
  ['a,b', ['a', 'b']],
  ['a,', ['a', '']],
  [',', ['', '']],
  ['a,"b,c",d', ['a', 'b,c', 'd']],
  ['"a""b"', ['a"b']],
  ['""', ['']],
  ['"",x', ['', 'x']],
  [' a, b ', [' a', ' b ']],
  ['"é,ü",ö', ['é,ü', 'ö']],
])('parseCsvRecord() reads %j as Go does', (line, fields) => {
  expect(parseCsvRecord(line)).toEqual(fields);
});

test.each([
  ['', 'EOF'],
  ['a"b', 'parse error on line 1, column 2: bare " in non-quoted field'],
  ['x,a"', 'parse error on line 1, column 4: bare " in non-quoted field'],
  ['"a', 'extraneous or missing " in quoted-field'],
  ['"a"b', 'parse error on line 1, column 4: extraneous or missing " in quoted-field'],
  ['a,"b""', 'extraneous or missing " in quoted-field'],
])('parseCsvRecord() refuses %j in Go’s words', (line, message) => {
  expect(() => parseCsvRecord(line)).toThrow(message);
});
