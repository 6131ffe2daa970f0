/** Commands on the files of containers. */
import type { CatalogueEntry } from '../catalogue.ts';

export const fileEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['cp', 'container cp'],
    description: 'Copy files between a container and this machine; "-" is a tar on standard input or output',
    load: async () => (await import('../commands/cp.ts')).cp,
  },
  {
    spellings: ['diff', 'container diff'],
    description: "Show what a container changed of its image's files: A added, C changed, D deleted",
    load: async () => (await import('../commands/diff.ts')).diff,
  },
  {
    spellings: ['commit', 'container commit'],
    description: "Make an image of a container's changes",
    load: async () => (await import('../commands/commit.ts')).commit,
  },
  {
    spellings: ['export', 'container export'],
    description: "Write a container's files as a tar, without its volumes",
    load: async () => (await import('../commands/export.ts')).exportFiles,
  },
];
