/** Flags of `run` on the ports by which the container is reached from outside. */
import type { PortOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';

export const portFlags = {
  expose: { flags: '--expose <port>', kind: 'list', description: 'Say that it serves a port: 80, 53/udp, 8000-8010' },
  publish: {
    flags: '-p, --publish <ports>',
    kind: 'list',
    description: 'Let it be reached by a port of this machine: [[ip:]port:]port[/udp]',
  },
  publishAll: { flags: '-P, --publish-all', kind: 'boolean', description: 'All that it exposes, each by a free port' },
} as const satisfies Options;

export function readPortOptions({ expose, publish, publishAll }: Flags<typeof portFlags>): PortOptions {
  return {
    ...(expose.length === 0 ? {} : { expose }),
    ...(publish.length === 0 ? {} : { publish }),
    ...(publishAll ? { publishAll } : {}),
  };
}
