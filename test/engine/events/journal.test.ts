import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EngineEvent, makeEvent, microsecondsOf } from '../../../src/engine/events/event.ts';
import { appendEvent, journalPaths, readJournal } from '../../../src/engine/events/journal.ts';
import { JournalReader } from '../../../src/engine/events/journal-reader.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gocker-journal-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const event = (action: string, microseconds = 1_738_324_800_123_457) =>
  makeEvent({ type: 'volume', action, id: 'v', attributes: { 'ä"\n': 'é' } }, microseconds);
const actions = (events: readonly EngineEvent[]) => events.map(({ Action }) => Action);

test('an event is read as it was written, to the microsecond', () => {
  appendEvent(root, event('create'));
  expect(readJournal(root)).toEqual([event('create')]);
  expect(JSON.stringify(event('create'))).toContain('"time":1738324800,"timeNano":1738324800123457000}');
});

test('every microsecond has a timeNano of its own', () => {
  for (let last = 0; last < 1000; last++) {
    const microseconds = 1_738_324_800_123_000 + last;
    expect(microsecondsOf(JSON.parse(JSON.stringify(event('x', microseconds))))).toBe(microseconds);
  }
});

test('a full journal becomes the former one, once, and no event is lost', () => {
  for (let n = 0; n < 30; n++) appendEvent(root, event(`${n}`), 2000);
  const kept = actions(readJournal(root)).map(Number);
  expect(kept.at(-1)).toBe(29);
  expect(kept.length).toBeGreaterThan(10);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => 30 - kept.length + n));
});

test('what a full disk has torn costs the other events nothing', () => {
  appendEvent(root, event('first'));
  appendFileSync(journalPaths(root)[1], '{"Type":"vol\n');
  appendEvent(root, event('second'));
  expect(actions(readJournal(root))).toEqual(['first', 'second']);
});

test('a reader gives each event once, as soon as its line is whole, over rotations', () => {
  appendEvent(root, event('before'));
  const reader = new JournalReader(root, 'end');
  expect(reader.read()).toEqual([]);
  const line = `${JSON.stringify(event('slow'))}\n`;
  const bytes = Buffer.from(line);
  // In the middle of the ä.
  const cut = bytes.indexOf(0xc3) + 1;
  appendFileSync(journalPaths(root)[1], bytes.subarray(0, cut));
  expect(reader.read()).toEqual([]);
  appendFileSync(journalPaths(root)[1], bytes.subarray(cut));
  expect(reader.read()).toEqual([event('slow')]);
  const seen: string[] = [];
  for (let n = 0; n < 40; n++) {
    appendEvent(root, event(`${n}`), 1000);
    if (n % 3 === 0) seen.push(...actions(reader.read()));
  }
  seen.push(...actions(reader.read()));
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
  reader.close();
});

test('a reader from the start reads both files first', () => {
  for (let n = 0; n < 8; n++) appendEvent(root, event(`${n}`), 1000);
  const reader = new JournalReader(root, 'start');
  expect(reader.read()).toEqual(readJournal(root));
  reader.close();
});
