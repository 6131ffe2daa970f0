/** Commands on networks. */
import type { CatalogueEntry } from '../catalogue.ts';

export const networkEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['network create'],
    description: 'Create a network',
    load: async () => (await import('../commands/network-create.ts')).networkCreate,
  },
  {
    spellings: ['network ls', 'network list'],
    description: 'List networks',
    load: async () => (await import('../commands/network-ls.ts')).networkLs,
  },
  {
    spellings: ['network inspect'],
    description: 'Show all about networks',
    load: async () => (await import('../commands/network-inspect.ts')).networkInspect,
  },
  {
    spellings: ['network connect'],
    description: 'Put a container on one more network',
    load: async () => (await import('../commands/network-connect.ts')).networkConnect,
  },
  {
    spellings: ['network disconnect'],
    description: 'Take a container off a network',
    load: async () => (await import('../commands/network-disconnect.ts')).networkDisconnect,
  },
  {
    spellings: ['network rm', 'network remove'],
    description: 'Remove one or more networks that no running container is on',
    load: async () => (await import('../commands/network-rm.ts')).networkRm,
  },
  {
    spellings: ['network prune'],
    description: 'Remove the networks that no container has',
    load: async () => (await import('../commands/network-prune.ts')).networkPrune,
  },
];
