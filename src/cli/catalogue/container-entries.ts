/** Commands on containers. */
import type { CatalogueEntry } from '../catalogue.ts';

export const containerEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['run', 'container run'],
    description: 'Create and run a new container from an image',
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    spellings: ['ps', 'container ls', 'container list', 'container ps'],
    description: 'List containers',
    load: async () => (await import('../commands/ps.ts')).ps,
  },
  {
    spellings: ['exec', 'container exec'],
    description: 'Execute a command in a running container',
    load: async () => (await import('../commands/exec.ts')).exec,
  },
  {
    spellings: ['attach', 'container attach'],
    description: 'Join our input, output and signals to a running container',
    load: async () => (await import('../commands/attach.ts')).attach,
  },
  {
    spellings: ['top', 'container top'],
    description: 'Show the processes of a running container',
    load: async () => (await import('../commands/top.ts')).top,
  },
  {
    spellings: ['logs', 'container logs'],
    description: 'Print what a container has written',
    load: async () => (await import('../commands/logs.ts')).logs,
  },
  {
    spellings: ['rm', 'container rm', 'container remove'],
    description: 'Remove one or more containers',
    load: async () => (await import('../commands/rm.ts')).rm,
  },
];
