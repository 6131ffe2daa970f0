/** Commands on the engine and the machine. */
import type { CatalogueEntry } from '../catalogue.ts';

export const systemEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['seccomp explain'],
    description: 'Show what a seccomp profile allows, on which conditions, and what it does to all else',
    load: async () => (await import('../commands/seccomp-explain.ts')).seccompExplain,
  },
  {
    spellings: ['info', 'system info'],
    description: 'Show what gocker finds on this machine',
    load: async () => (await import('../commands/info.ts')).info,
  },
  {
    spellings: ['version'],
    description: 'Show the version',
    load: async () => (await import('../commands/version.ts')).version,
  },
  {
    spellings: ['help'],
    description: 'Show help for a command',
    load: async () => (await import('../commands/help.ts')).help,
  },
];
