/** Which commands there are, by every spelling of theirs. What a command does is loaded when it is called. */
import { nearest } from '../errors/index.ts';
import { containerEntries } from './catalogue/container-entries.ts';
import { fileEntries } from './catalogue/file-entries.ts';
import { imageEntries } from './catalogue/image-entries.ts';
import { lifeEntries } from './catalogue/life-entries.ts';
import { networkEntries } from './catalogue/network-entries.ts';
import { observeEntries } from './catalogue/observe-entries.ts';
import { snapshotEntries } from './catalogue/snapshot-entries.ts';
import { systemEntries } from './catalogue/system-entries.ts';
import { volumeEntries } from './catalogue/volume-entries.ts';
import { watchEntries } from './catalogue/watch-entries.ts';
import type { Command } from './command.ts';
import { UsageError } from './usage-error.ts';

export interface CatalogueEntry {
  /** The first spelling is the command's name. */
  readonly spellings: readonly string[];
  /** One line, for the overview; the same as the command's own. */
  readonly description: string;
  readonly load: () => Promise<Command>;
  /** Of the engine's own, which no user calls: in no overview, and nothing is taken for a misspelling of it. */
  readonly hidden?: true;
}

/** As the overview prints them. */
export const catalogue: readonly CatalogueEntry[] = [
  ...containerEntries,
  ...observeEntries,
  ...snapshotEntries,
  ...fileEntries,
  ...lifeEntries,
  ...imageEntries,
  ...volumeEntries,
  ...networkEntries,
  ...watchEntries,
  ...systemEntries,
];

export interface Found {
  readonly entry: CatalogueEntry;
  /** As it was typed: `image ls`. */
  readonly spelling: string;
  readonly rest: readonly string[];
}

/**
 * The command that the words begin with: `images`, or `image ls`.
 *
 * @throws UsageError with the nearest command for a hint
 */
export function findCommand(words: readonly string[]): Found {
  for (const length of [2, 1]) {
    const spelling = words.slice(0, length).join(' ');
    const entry = catalogue.find(({ spellings }) => words.length >= length && spellings.includes(spelling));
    if (entry !== undefined) return { entry, spelling, rest: words.slice(length) };
  }
  throw unknownCommand(words);
}

/** The second words of `image …`, `container …`, `system …`; empty where there is no such group. */
export function groupMembers(group: string): readonly CatalogueEntry[] {
  return catalogue.filter(({ spellings }) => spellings.some((spelling) => spelling.startsWith(`${group} `)));
}

export function spellingsOf(name: string): readonly string[] {
  return catalogue.find(({ spellings }) => spellings[0] === name)?.spellings ?? [name];
}

function unknownCommand(words: readonly string[]): UsageError {
  const [first = '', second] = words;
  const isGroup = groupMembers(first).length > 0;
  const typed = isGroup && second !== undefined ? `${first} ${second}` : first;
  const near = nearest(
    typed,
    catalogue.flatMap(({ spellings, hidden }) => (hidden === true ? [] : spellings)),
  );
  return new UsageError(isGroup ? first : '', `"${typed}" is not a gocker command`, {
    exitCode: 1,
    ...(near === undefined ? {} : { suggestion: `Did you mean "gocker ${near}"?` }),
  });
}
