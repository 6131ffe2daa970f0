/**
 * What `top` takes after the container's name: the part of ps(1)'s grammar that says which columns are shown. Pure. Which processes
 * are shown, `top` knows itself; so what chooses them means nothing here.
 *
 *   words   ::= word*                          none: -ef
 *   word    ::= "-" letters | letters          letters: a A e x w (nothing), f (full), u (BSD's)
 *   format  ::= ("-" letters | letters) "o" [list] | "--format" list | "--format=" list
 *   list    ::= column (("," | " ") column)*
 */
import { GockerError } from '../../../errors/index.ts';
import { columnNames, columns } from './ps-columns.ts';

const full = ['uname', 'pid', 'ppid', 'c', 'stime', 'tname', 'time', 'cmd'];
const users = ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tname', 'stat', 'start', 'bsdtime', 'args'];
const plain = ['pid', 'tname', 'time', 'ucmd'];
const plainBSD = ['pid', 'tname', 'stat', 'bsdtime', 'args'];

/** Titles that differ from the columns' own. */
const titles: Readonly<Record<string, string>> = { uname: 'UID' };

export interface PsColumn {
  /** Of `columns`. */
  readonly name: string;
  readonly title: string;
}

/** @throws GockerError `PS_OPTION_UNSUPPORTED`, naming it; `PS_OPTION_INVALID` */
export function parsePsOptions(words: readonly string[]): readonly PsColumn[] {
  if (words.length === 0) return named(full, titles);
  const rest = [...words];
  const chosen: string[] = [];
  let preset: { readonly names: readonly string[]; readonly titles?: typeof titles } | undefined;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const long = /^--format(?:=(.*))?$/.exec(word);
    if (long !== null) {
      chosen.push(...listOf(long[1] ?? rest.shift(), word));
      continue;
    }
    if (word.startsWith('--')) throw unsupported(word);
    const isBSD = !word.startsWith('-');
    for (const [index, letter] of [...word.replace(/^-/, '')].entries()) {
      if (letter === 'o') {
        const attached = word.replace(/^-/, '').slice(index + 1);
        chosen.push(...listOf(attached === '' ? rest.shift() : attached, word));
        break;
      }
      if (letter === 'f' && !isBSD) preset = { names: full, titles };
      else if (letter === 'u' && (isBSD || word.includes('a'))) preset = { names: users };
      else if (/^[aAexw]$/.test(letter)) preset ??= { names: isBSD ? plainBSD : plain };
      else throw unsupported(isBSD ? letter : `-${letter}`);
    }
  }
  const found = chosen.length > 0 ? named(chosen) : named(preset?.names ?? plain, preset?.titles);
  if (found.some(({ name }) => name === 'pid')) return found;
  throw new GockerError(
    'PS_OPTION_INVALID',
    'cannot list processes without their pids: there is no PID column (expected "pid" in the format)',
  );
}

function named(names: readonly string[], changed: Readonly<Record<string, string>> = {}): PsColumn[] {
  return names.map((name) => {
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (column === undefined) throw unknownColumn(name);
    return { name, title: changed[name] ?? column.title };
  });
}

function listOf(list: string | undefined, word: string): string[] {
  const names = (list ?? '').split(/[, ]+/).filter((name) => name !== '');
  if (names.length > 0) return names;
  throw new GockerError(
    'PS_OPTION_INVALID',
    `cannot list processes by "${word}": it names no columns (expected some)`,
    {
      hint: 'Such as -o pid,ppid,user,args.',
    },
  );
}

function unknownColumn(name: string): GockerError {
  return new GockerError(
    'PS_OPTION_UNSUPPORTED',
    `cannot show column "${name}" of processes: gocker has none of that name (expected one of ${columnNames.join(', ')})`,
  );
}

function unsupported(option: string): GockerError {
  return new GockerError(
    'PS_OPTION_UNSUPPORTED',
    `cannot list processes by option "${option}": gocker does without ps(1) and has no such option (expected -ef, aux or -o COLUMNS)`,
    { hint: 'Run ps in the container, if its image has one: gocker exec CONTAINER ps.' },
  );
}
