/** Options of tmpfs(5), checked before the kernel sees them, so that an error can name the flag. */
import { totalmem } from 'node:os';
import { type MountFlag, mountError } from './mount-error.ts';

/** Words of mount(8) that docker admits for a tmpfs. */
const words = new Set(
  'ro rw suid nosuid dev nodev exec noexec sync async dirsync atime noatime diratime nodiratime relatime norelatime strictatime nostrictatime symfollow nosymfollow defaults private rprivate shared rshared slave rslave unbindable runbindable'.split(
    ' ',
  ),
);
const octal = /^[0-7]{1,5}$/;
const number = /^\d+$/;
const size = /^\d+[kmg%]?$/i;
const values: Readonly<Record<string, { readonly pattern: RegExp; readonly expected: string }>> = {
  size: { pattern: size, expected: 'bytes, with k, m or g after them, or a share of the memory as 50%' },
  mode: { pattern: octal, expected: 'octal digits, such as 1777' },
  uid: { pattern: number, expected: 'a number' },
  gid: { pattern: number, expected: 'a number' },
  nr_inodes: { pattern: size, expected: 'a number' },
  nr_blocks: { pattern: size, expected: 'a number' },
  mpol: { pattern: /./, expected: 'a policy of tmpfs(5)' },
  huge: { pattern: /^(?:never|always|within_size|advise)$/, expected: 'never, always, within_size or advise' },
};

const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** @throws GockerError `VOLUME_INVALID` */
export function checkTmpfsOptions(
  options: readonly string[],
  { flag, value, memory = totalmem() }: { flag: MountFlag; value: string; memory?: number },
): void {
  for (const option of options) {
    const equals = option.indexOf('=');
    const key = equals < 0 ? option : option.slice(0, equals);
    const given = equals < 0 ? undefined : option.slice(equals + 1);
    const known = values[key];
    if (given === undefined ? !words.has(option) : known === undefined) {
      throw mountError(
        flag,
        value,
        `invalid tmpfs option "${option}"`,
        `${Object.keys(values).join('=, ')}=, ro, rw, exec, noexec …`,
      );
    }
    if (given === undefined || known === undefined) continue;
    if (!known.pattern.test(given)) {
      throw mountError(flag, value, `invalid value for ${key}: ${given}`, known.expected);
    }
    if (key === 'size') checkSize(given, { flag, value, memory });
  }
}

function checkSize(text: string, { flag, value, memory }: { flag: MountFlag; value: string; memory: number }): void {
  const amount = Number.parseInt(text, 10);
  const unit = text.slice(-1).toLowerCase();
  const bytes = unit === '%' ? (amount / 100) * memory : amount * (units[unit] ?? 1);
  if (bytes <= memory) return;
  throw mountError(
    flag,
    value,
    `size ${text} is more than this machine's memory`,
    `at most ${Math.floor(memory / 2 ** 20)}m`,
  );
}
