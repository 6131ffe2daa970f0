/** Commands on volumes. */
import type { CatalogueEntry } from '../catalogue.ts';

export const volumeEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['volume create'],
    description: 'Create a volume',
    load: async () => (await import('../commands/volume-create.ts')).volumeCreate,
  },
  {
    spellings: ['volume ls', 'volume list'],
    description: 'List volumes',
    load: async () => (await import('../commands/volume-ls.ts')).volumeLs,
  },
  {
    spellings: ['volume inspect'],
    description: 'Show all about volumes',
    load: async () => (await import('../commands/volume-inspect.ts')).volumeInspect,
  },
  {
    spellings: ['volume rm', 'volume remove'],
    description: 'Remove one or more volumes that no container has',
    load: async () => (await import('../commands/volume-rm.ts')).volumeRm,
  },
  {
    spellings: ['volume prune'],
    description: 'Remove the volumes that no container has',
    load: async () => (await import('../commands/volume-prune.ts')).volumePrune,
  },
];
