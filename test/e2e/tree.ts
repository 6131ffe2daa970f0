/** Two trees compared by programs of the system: GNU find for what inodes say, sha256sum for content, getfattr for attributes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Type, mode, owner, size, time with nanoseconds, links, device, target; then contents; then extended attributes. */
const listing = `cd "$0" && {
  find . -mindepth 1 \\( -type d -printf '%P %y %m %U:%G %T@\\n' -o -printf '%P %y %m %U:%G %s %T@ %n %l\\n' \\)
  find . -type f -print0 | xargs -0 -r sha256sum
  find . \\( -type c -o -type b \\) -exec stat -c '%n %t:%T' {} +
  getfattr -R -h -d -m - . 2>/dev/null | grep -v '^$'
} | LC_ALL=C sort`;

/**
 * @param expected a directory
 * @param lowerdirs of an overlay, top first, mounted for the look in a mount namespace of its own
 * @returns the lines in which they differ: `-` for what is expected and missing, `+` for what is there and not expected
 */
export async function compareTrees(expected: string, lowerdirs: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-tree-'));
  try {
    const options = { maxBuffer: 1 << 28 };
    const theirs = await run('sh', ['-c', listing, expected], options);
    // overlay wants two: an empty one below changes nothing.
    const empty = join(folder, 'empty');
    const merged = join(folder, 'merged');
    await run('mkdir', [empty, merged]);
    const mount = `mount -t overlay -o "lowerdir=${[...lowerdirs, empty].join(':')}" overlay "${merged}"`;
    const ours = await run(
      'unshare',
      ['-m', 'sh', '-c', `${mount} && sh -c '${listing.replaceAll("'", "'\\''")}' "${merged}"`],
      options,
    );
    return difference(theirs.stdout.split('\n'), ours.stdout.split('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function difference(expected: readonly string[], actual: readonly string[]): string[] {
  const there = new Set(actual);
  const wanted = new Set(expected);
  return [
    ...expected.filter((line) => !there.has(line)).map((line) => `- ${line}`),
    ...actual.filter((line) => !wanted.has(line)).map((line) => `+ ${line}`),
  ];
}
