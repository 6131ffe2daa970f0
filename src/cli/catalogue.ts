/** Which commands there are, by every spelling of theirs. What a command does is loaded when it is called. */
import { nearest } from '../errors/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './usage-error.ts';

export interface CatalogueEntry {
  /** The first spelling is the command's name. */
  readonly spellings: readonly string[];
  /** One line, for the overview; the same as the command's own. */
  readonly description: string;
  readonly load: () => Promise<Command>;
}

export const catalogue: readonly CatalogueEntry[] = [
  {
    spellings: ['run', 'container run'],
    description: 'Create and run a new container from an image',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    spellings: ['ps', 'container ls', 'container list', 'container ps'],
    description: 'List containers',
    load: async () => (await import('./commands/ps.ts')).ps,
  },
  {
    spellings: ['rm', 'container rm', 'container remove'],
    description: 'Remove one or more containers',
    load: async () => (await import('./commands/rm.ts')).rm,
  },
  {
    spellings: ['pull', 'image pull'],
    description: 'Download an image from a registry',
    load: async () => (await import('./commands/pull.ts')).pull,
  },
  {
    spellings: ['images', 'image ls', 'image list'],
    description: 'List images',
    load: async () => (await import('./commands/images.ts')).images,
  },
  {
    spellings: ['rmi', 'image rm', 'image remove'],
    description: 'Remove one or more images',
    load: async () => (await import('./commands/rmi.ts')).rmi,
  },
  {
    spellings: ['tag', 'image tag'],
    description: 'Give an image another name',
    load: async () => (await import('./commands/tag.ts')).tag,
  },
  {
    spellings: ['inspect', 'image inspect', 'container inspect'],
    description: 'Show all about images and containers',
    load: async () => (await import('./commands/inspect.ts')).inspect,
  },
  {
    spellings: ['history', 'image history'],
    description: 'Show the steps that made an image',
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    spellings: ['volume create'],
    description: 'Create a volume',
    load: async () => (await import('./commands/volume-create.ts')).volumeCreate,
  },
  {
    spellings: ['volume ls', 'volume list'],
    description: 'List volumes',
    load: async () => (await import('./commands/volume-ls.ts')).volumeLs,
  },
  {
    spellings: ['volume inspect'],
    description: 'Show all about volumes',
    load: async () => (await import('./commands/volume-inspect.ts')).volumeInspect,
  },
  {
    spellings: ['volume rm', 'volume remove'],
    description: 'Remove one or more volumes that no container has',
    load: async () => (await import('./commands/volume-rm.ts')).volumeRm,
  },
  {
    spellings: ['volume prune'],
    description: 'Remove the volumes that no container has',
    load: async () => (await import('./commands/volume-prune.ts')).volumePrune,
  },
  {
    spellings: ['seccomp explain'],
    description: 'Show what a seccomp profile allows, on which conditions, and what it does to all else',
    load: async () => (await import('./commands/seccomp-explain.ts')).seccompExplain,
  },
  {
    spellings: ['verify', 'image verify'],
    description: 'Check every byte of the store',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    spellings: ['info', 'system info'],
    description: 'Show what gocker finds on this machine',
    load: async () => (await import('./commands/info.ts')).info,
  },
  {
    spellings: ['version'],
    description: 'Show the version',
    load: async () => (await import('./commands/version.ts')).version,
  },
  {
    spellings: ['help'],
    description: 'Show help for a command',
    load: async () => (await import('./commands/help.ts')).help,
  },
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
    catalogue.flatMap(({ spellings }) => spellings),
  );
  return new UsageError(isGroup ? first : '', `"${typed}" is not a gocker command`, {
    exitCode: 1,
    ...(near === undefined ? {} : { suggestion: `Did you mean "gocker ${near}"?` }),
  });
}
