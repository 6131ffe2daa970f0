/** Commands that change the state of containers that are there. */
import type { CatalogueEntry } from '../catalogue.ts';

export const lifeEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['create', 'container create'],
    description: 'Create a new container from an image, and do not start it',
    load: async () => (await import('../commands/create.ts')).create,
  },
  {
    spellings: ['stop', 'container stop'],
    description: 'Ask containers to end, and after a while make them',
    load: async () => (await import('../commands/stop.ts')).stop,
  },
  {
    spellings: ['start', 'container start'],
    description: 'Start containers that do not run',
    load: async () => (await import('../commands/start.ts')).start,
  },
  {
    spellings: ['restart', 'container restart'],
    description: 'Stop containers, and start them again',
    load: async () => (await import('../commands/restart.ts')).restart,
  },
  {
    spellings: ['kill', 'container kill'],
    description: 'Send a signal to running containers',
    load: async () => (await import('../commands/kill.ts')).kill,
  },
  {
    spellings: ['pause', 'container pause'],
    description: 'Stop all processes of containers where they are',
    load: async () => (await import('../commands/pause.ts')).pause,
  },
  {
    spellings: ['unpause', 'container unpause'],
    description: 'Set all processes of paused containers going again',
    load: async () => (await import('../commands/unpause.ts')).unpause,
  },
  {
    spellings: ['wait', 'container wait'],
    description: 'Wait until containers have ended, and print their exit codes',
    load: async () => (await import('../commands/wait.ts')).wait,
  },
  {
    spellings: ['rename', 'container rename'],
    description: 'Give a container another name',
    load: async () => (await import('../commands/rename.ts')).rename,
  },
  {
    spellings: ['container prune'],
    description: 'Remove all containers that do not run',
    load: async () => (await import('../commands/container-prune.ts')).containerPrune,
  },
];
