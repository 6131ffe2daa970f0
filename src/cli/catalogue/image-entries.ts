/** Commands on images. */
import type { CatalogueEntry } from '../catalogue.ts';

export const imageEntries: readonly CatalogueEntry[] = [
  {
    spellings: ['pull', 'image pull'],
    description: 'Download an image from a registry',
    load: async () => (await import('../commands/pull.ts')).pull,
  },
  {
    spellings: ['images', 'image ls', 'image list'],
    description: 'List images',
    load: async () => (await import('../commands/images.ts')).images,
  },
  {
    spellings: ['rmi', 'image rm', 'image remove'],
    description: 'Remove one or more images',
    load: async () => (await import('../commands/rmi.ts')).rmi,
  },
  {
    spellings: ['tag', 'image tag'],
    description: 'Give an image another name',
    load: async () => (await import('../commands/tag.ts')).tag,
  },
  {
    spellings: ['inspect', 'image inspect', 'container inspect'],
    description: 'Show all about containers, images, networks and volumes',
    load: async () => (await import('../commands/inspect.ts')).inspect,
  },
  {
    spellings: ['history', 'image history'],
    description: 'Show the steps that made an image',
    load: async () => (await import('../commands/history.ts')).history,
  },
  {
    spellings: ['verify', 'image verify'],
    description: 'Check every byte of the store',
    load: async () => (await import('../commands/verify.ts')).verify,
  },
];
