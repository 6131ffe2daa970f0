/** A log on a full disk: a small tmpfs of the test's own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogWriter } from '../../../src/runtime/log/log-writer.ts';
import { readLog } from '../../../src/runtime/log/read-log.ts';

describe.skipIf(process.getuid?.() !== 0)('a log on a full disk (root)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-log-full-'));
  beforeAll(() => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'gocker-test', folder]));
  afterAll(() => {
    execFileSync('umount', [folder]);
    rmdirSync(folder);
  });

  test('keeps whole records, counts what did not fit, and goes on when there is room', async () => {
    const path = join(folder, 'log');
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(64 * 1024));
    const writer = new LogWriter(path);
    writer.write('stdout', Buffer.from('before\n'));
    for (let number = 0; number < 10; number++) writer.write('stdout', Buffer.alloc(50_000, 'x'));
    rmSync(ballast);
    writer.write('stdout', Buffer.from('after\n'));
    writer.close();
    const shown: string[] = [];
    for await (const records of readLog(path)) {
      for (const { stream, bytes } of records) {
        shown.push(
          stream === 'lost' ? `lost ${bytes.readBigUInt64LE()}` : `${bytes.toString().slice(0, 6)} ${bytes.length}`,
        );
      }
    }
    expect(shown).toEqual(['before 7', 'xxxxxx 50000', 'lost 450000', 'after\n 6']);
  });
});
