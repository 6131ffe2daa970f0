/** Commands that tell what happens. */
import type { CatalogueEntry } from '../catalogue.ts';

export const watchEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['events', 'system events'],
    description: 'Show what happens to containers, images, volumes and networks, as it happens',
    load: async () => (await import('../commands/events.ts')).events,
  },
  {
    spellings: ['monitor-ended'],
    description: 'Do what is left to do for a container that has ended',
    hidden: true,
    load: async () => (await import('../commands/monitor-ended.ts')).monitorEnded,
  },
  {
    spellings: ['health-check'],
    description: 'Check the health of a container once',
    hidden: true,
    load: async () => (await import('../commands/health-check.ts')).healthCheck,
  },
];
