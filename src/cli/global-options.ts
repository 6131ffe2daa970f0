/** Flags that stand before the command: they hold for all of them. */
import type { Options } from './command.ts';

export const globalOptions = {
  root: {
    flags: '--root <directory>',
    kind: 'text',
    description: 'Where images and containers are kept (GOCKER_ROOT)',
  },
  runroot: {
    flags: '--runroot <directory>',
    kind: 'text',
    description: 'Where what a boot may forget is kept (GOCKER_RUN)',
  },
  debug: { flags: '-D, --debug', kind: 'boolean', description: 'Show the causes of an error (GOCKER_DEBUG)' },
  version: { flags: '-v, --version', kind: 'boolean', description: 'Print the version' },
} as const satisfies Options;
