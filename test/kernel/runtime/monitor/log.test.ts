/** What a monitor keeps of its container's output: everything, in whole records, as long as the disk takes it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readExit } from '../../../../src/runtime/index.ts';
import { rootTest, scratch } from '../alpine.ts';
import { borrow, isGone, monitorOptions, recordsOf, runMonitored, start, textOf, until } from './monitored.ts';

const line = `${'0123456789'.repeat(9)}abcdefgh\n`;

rootTest('not a byte of 64 MB of lines is lost or torn, on both streams at once', async () => {
  const count = 330_000;
  const half = `yes ${line.trim()} | head -n ${count}`;
  const { records, exit } = await runMonitored(['sh', '-c', `{ ${half} >&2; } & ${half}; wait`]);
  expect(exit).toMatchObject({ exitCode: 0 });
  for (const stream of [1, 2]) {
    const hash = createHash('sha256');
    for (const record of records) if (record.stream === stream) hash.update(record.data);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(line.repeat(count)).digest('hex'));
  }
  const times = records.map(({ seconds }) => seconds);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

rootTest('a log is kept in files of a size, and the oldest goes', async () => {
  const monitor = monitorOptions();
  const log = { ...monitor.log, maxSize: 100_000, maxFiles: 3 };
  const count = 20_000;
  await runMonitored(['sh', '-c', `yes ${line.trim()} | head -n ${count} | cat -n`], { monitor: { ...monitor, log } });
  const files = [`${log.path}.2`, `${log.path}.1`, log.path];
  for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(100_000);
  for (const file of files.slice(0, 2)) expect(statSync(file).size).toBeGreaterThan(30_000);
  expect([existsSync(`${log.path}.3`), existsSync(`${log.path}.new`)]).toEqual([false, false]);
  // From the first that is left, which may be in the middle of a line, to the last, none is missing.
  const [, ...lines] = files
    .map((file) => textOf(recordsOf(file), 1))
    .join('')
    .trimEnd()
    .split('\n');
  const numbers = lines.map((text) => Number(text.slice(0, 6)));
  const first = numbers[0] ?? 0;
  expect(numbers).toEqual(Array.from({ length: count - first + 1 }, (_, index) => first + index));
});

rootTest('a log of one file begins anew when it is full, and small files take small records', async () => {
  const monitor = monitorOptions();
  const log = { ...monitor.log, maxSize: 2000, maxFiles: 1 };
  await runMonitored(['sh', '-c', `yes ${line.trim()} | head -n 500; echo last`], { monitor: { ...monitor, log } });
  expect(statSync(log.path).size).toBeLessThanOrEqual(2000);
  expect(textOf(recordsOf(log.path), 1)).toMatch(/h\nlast\n$/);
});

rootTest('where the disk is full the container goes on, and the log tells what is lost', async () => {
  const disk = scratch('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
  try {
    const directory = scratch('full');
    const script = `yes ${line.trim()} | head -n 30000; echo full >&2; read line; echo after; exit 5`;
    const log = { path: join(disk, 'log') };
    const monitor = { ...monitorOptions(directory), log, exit: join(disk, 'exit') };
    const { container } = await start(['sh', '-c', script], { stdin: 'pipe', monitor });
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(500_000));
    await container.release();
    const { pid } = container.monitor;
    await until(() => waitsForLine(container.pid), 'the end of its output');
    execFileSync('rm', [join(disk, 'ballast')]);
    const stdin = borrow(pid, container.descriptors.stdin);
    writeSync(stdin, 'go on\n');
    closeSync(stdin);
    await until(() => isGone(pid), 'the end of the monitor');
    expect(readExit(monitor.exit)).toMatchObject({ exitCode: 5 });
    const records = recordsOf(log.path);
    const lost = records.filter(({ stream }) => stream === 3).map(({ data }) => Number(data.readBigUInt64LE()));
    const kept = records.filter(({ stream }) => stream !== 3).reduce((sum, { data }) => sum + data.length, 0);
    expect(lost.length).toBeGreaterThan(0);
    expect(kept + lost.reduce((sum, bytes) => sum + bytes, 0)).toBe(
      30_000 * line.length + 'full\n'.length + 'after\n'.length,
    );
    const after = records.findIndex(({ data }) => data.toString() === 'after\n');
    expect(after).toBeGreaterThan(records.findIndex(({ stream }) => stream === 3));
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});

/** A shell that sleeps and has no child. */
function waitsForLine(pid: number): boolean {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return children === '' && readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') S ');
}
