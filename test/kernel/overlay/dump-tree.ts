/**
 * Program: prints all that can be said of the tree argv[2], as JSON; where argv[3] is given, of the layers stacked in it
 * (folders `0`, `1` … top first, and `upper`, `work`), mounted onto `merged`: to be run in a mount namespace of its own.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { getXattr, listXattrs } from '../../../src/syscall/index.ts';

export type Dump = Record<string, Record<string, unknown>>;

const [, , stack = '', count] = process.argv;
const root = count === undefined ? stack : mount(stack, Number(count));
const inodes = new Map<bigint, string[]>();
const dump: Dump = {};
walk(Buffer.from('.'));
for (const names of inodes.values()) {
  for (const name of names) Object.assign(dump[name] ?? {}, { names: names.sort() });
}
process.stdout.write(JSON.stringify(dump));

function mount(folder: string, layers: number): string {
  process.chdir(folder);
  const lowerdirs = Array.from({ length: layers }, (_, at) => at).join(':');
  const options = `lowerdir=${lowerdirs},upperdir=upper,workdir=work,index=off`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, 'merged']);
  return 'merged';
}

function walk(path: Buffer): void {
  const file = Buffer.concat([Buffer.from(`${root}/`), path]);
  const stats = lstatSync(file, { bigint: true });
  const name = path.toString('latin1');
  dump[name] = {
    mode: stats.mode.toString(8),
    owner: `${stats.uid}:${stats.gid}`,
    mtime: String(stats.mtimeNs),
    ...(stats.isBlockDevice() || stats.isCharacterDevice() ? { device: String(stats.rdev) } : {}),
    ...(stats.isSymbolicLink() ? { target: readlinkSync(file, 'latin1') } : {}),
    ...(stats.isFile() ? { content: createHash('sha256').update(readFileSync(file)).digest('hex') } : {}),
    xattrs: Object.fromEntries(
      listXattrs(file)
        .sort()
        .map((xattr) => [xattr, getXattr(file, xattr)?.toString('hex')]),
    ),
  };
  if (stats.isDirectory()) {
    for (const child of readdirSync(file, { encoding: 'buffer' })) walk(Buffer.concat([path, Buffer.from('/'), child]));
  } else {
    inodes.set(stats.ino, [...(inodes.get(stats.ino) ?? []), name]);
  }
}
