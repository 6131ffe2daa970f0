/** Commands on what containers use, and may use. */
import type { CatalogueEntry } from '../catalogue.ts';

export const observeEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['stats', 'container stats'],
    description: 'Show what containers use, again each second',
    load: async () => (await import('../commands/stats.ts')).stats,
  },
  {
    spellings: ['update', 'container update'],
    description: 'Change the limits of one or more containers, running or not',
    load: async () => (await import('../commands/update.ts')).update,
  },
  {
    spellings: ['port', 'container port'],
    description: 'Show which ports of a container are published, and where',
    load: async () => (await import('../commands/port.ts')).port,
  },
];
