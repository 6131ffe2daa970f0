/** Commands on what containers have changed. */
import type { CatalogueEntry } from '../catalogue.ts';

export const snapshotEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['snapshot', 'snapshot create', 'container snapshot'],
    description: 'Freeze what a container has changed as a layer below it',
    load: async () => (await import('../commands/snapshot.ts')).snapshot,
  },
  {
    spellings: ['snapshot ls', 'snapshot list'],
    description: 'List the snapshots of a container',
    load: async () => (await import('../commands/snapshot-ls.ts')).snapshotLs,
  },
  {
    spellings: ['snapshot rm', 'snapshot remove'],
    description: 'Remove snapshots of a container; what nothing else stands on goes from the disk',
    load: async () => (await import('../commands/snapshot-rm.ts')).snapshotRm,
  },
  {
    spellings: ['restore', 'container restore'],
    description: 'Take a container back to a snapshot; what it has changed since is thrown away',
    load: async () => (await import('../commands/restore.ts')).restore,
  },
  {
    spellings: ['fork', 'container fork'],
    description: 'Make a second container that goes on from where the first is',
    load: async () => (await import('../commands/fork.ts')).fork,
  },
  {
    spellings: ['explain', 'container explain'],
    description: 'Show the kernel calls that made a container, with why and result',
    load: async () => (await import('../commands/explain.ts')).explain,
  },
];
