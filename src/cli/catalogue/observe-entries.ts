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
    description: 'Change limits and restart policy of one or more containers, running or not',
    load: async () => (await import('../commands/update.ts')).update,
  },
  {
    spellings: ['port', 'container port'],
    description: 'Show which ports of a container are published, and where',
    load: async () => (await import('../commands/port.ts')).port,
  },
  {
    spellings: ['system df'],
    description: 'Show what images, containers and volumes take up on the disk',
    load: async () => (await import('../commands/system-df.ts')).systemDf,
  },
  {
    spellings: ['system prune'],
    description: 'Remove what is not in use: containers, networks, images and, where wished, volumes',
    load: async () => (await import('../commands/system-prune.ts')).systemPrune,
  },
  {
    spellings: ['image prune'],
    description: 'Remove images without a name, or all that no container is of',
    load: async () => (await import('../commands/image-prune.ts')).imagePrune,
  },
];
