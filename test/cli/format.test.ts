import { describe, expect, test } from 'vitest';
import { formatAge, formatTime, formatTimestamp } from '../../src/cli/format/age.ts';
import { alignColumns } from '../../src/cli/format/columns.ts';
import { formatListing } from '../../src/cli/format/listing.ts';
import { formatSize } from '../../src/cli/format/size.ts';
import { ellipsis, shortID, visible } from '../../src/cli/format/text.ts';

test.each([
  [0, '0B'],
  [1, '1B'],
  [999, '999B'],
  [1000, '1kB'],
  [1234, '1.23kB'],
  [13_256, '13.3kB'],
  [999_999, '1MB'],
  [7_797_760, '7.8MB'],
  [123_456_789, '123MB'],
  [1_100_000_000, '1.1GB'],
])('formatSize(%d) is %s', (bytes, expected) => {
  expect(formatSize(bytes)).toBe(expected);
});

const now = Date.parse('2025-01-31T12:00:00Z');
const [minute, hour, day] = [60, 3600, 86_400];

test.each([
  [0.5, 'Less than a second ago'],
  [1, '1 second ago'],
  [59, '59 seconds ago'],
  [minute, 'About a minute ago'],
  [2 * minute, '2 minutes ago'],
  [59 * minute, '59 minutes ago'],
  [hour, 'About an hour ago'],
  [1.6 * hour, '2 hours ago'],
  [47 * hour, '47 hours ago'],
  [2 * day, '2 days ago'],
  [13 * day, '13 days ago'],
  [14 * day, '2 weeks ago'],
  [59 * day, '8 weeks ago'],
  [60 * day, '2 months ago'],
  [729 * day, '24 months ago'],
  [731 * day, '2 years ago'],
  [-5, 'Less than a second ago'],
])('formatAge() says of %d seconds: %s', (seconds, expected) => {
  expect(formatAge(new Date(now - seconds * 1000).toISOString(), now)).toBe(expected);
});

describe('times that are not known', () => {
  test.each([undefined, '', 'yesterday'])('%j is N/A', (created) => {
    expect([formatAge(created, now), formatTime(created), formatTimestamp(created)]).toEqual(['N/A', 'N/A', 'N/A']);
  });
});

test('formatTime() is what Go prints, in the zone of the machine', () => {
  const text = formatTime('2024-09-06T22:20:07.123456789Z');
  expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \S+$/);
  expect(Date.parse(text.replace(/ \S+$/, ''))).toBe(Date.parse('2024-09-06T22:20:07Z'));
  expect(Date.parse(formatTimestamp('2024-09-06T22:20:07Z'))).toBe(Date.parse('2024-09-06T22:20:07Z'));
});

test('alignColumns() sets columns three spaces apart, ten wide at least, and leaves the last alone', () => {
  expect(alignColumns('REPOSITORY\tTAG\tSIZE\nalpine\tlatest\t7.8MB\n<none>\t<none>\t1B\n')).toBe(
    'REPOSITORY   TAG       SIZE\nalpine       latest    7.8MB\n<none>       <none>    1B\n',
  );
});

const listing = {
  rows: [{ ID: 'ab', Name: 'x' }],
  headers: { ID: 'IMAGE ID', Name: 'NAME' },
  table: 'table {{.Name}}\t{{.ID}}',
};

test.each([
  ['table', 'NAME      IMAGE ID\nx         ab\n'],
  ['table {{.ID}}', 'IMAGE ID\nab\n'],
  ['table {{.ID}}\\t{{.Name}}', 'IMAGE ID   NAME\nab         x\n'],
  ['{{.ID}}\\t{{.Name}}', 'ab\tx\n'],
  ['json', '{"ID":"ab","Name":"x"}\n'],
  ['{{json .Name}}', '"x"\n'],
])('formatListing() by %j', (format, expected) => {
  expect(formatListing({ ...listing, format })).toBe(expected);
});

test('a list of nothing is its header, and no line by a template', () => {
  expect(formatListing({ ...listing, rows: [], format: 'table' })).toBe('NAME      IMAGE ID\n');
  expect(formatListing({ ...listing, rows: [], format: '{{.ID}}' })).toBe('');
});

test('texts are cut, ids shortened, and control characters shown', () => {
  expect(ellipsis('abcdef', 4)).toBe('abc…');
  expect(ellipsis('abcd', 4)).toBe('abcd');
  expect(shortID(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab');
  expect(visible('a\u001b[31m\u0007\u009b\n')).toBe('a\\x1b[31m\\x07\\x9b\\x0a');
});
