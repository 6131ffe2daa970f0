/** `gocker snapshot ls` */
import type { Snapshot } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatAge, formatTime } from '../format/age.ts';
import { formatListing, type Row } from '../format/listing.ts';

export const snapshotLs = defineCommand({
  name: 'snapshot ls',
  usage: '[OPTIONS] CONTAINER',
  description: 'List the snapshots of a container',
  options: {
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show tags alone' },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker snapshot ls web', 'gocker snapshot ls -q web'],
  async run(flags, [container = ''], { engine, stdout, now }) {
    const snapshots = await (await engine()).snapshots(container);
    const table = 'table {{.Tag}}\t{{.CreatedSince}}\t{{.Layers}}\t{{.Current}}';
    const format = flags.format ?? (flags.quiet ? '{{.Tag}}' : table);
    const rows = snapshots.map((snapshot) => rowOf(snapshot, now()));
    stdout.write(formatListing({ rows, headers, format, table }));
    return 0;
  },
});

const headers: Row = {
  CreatedAt: 'CREATED AT',
  CreatedSince: 'CREATED',
  Current: 'CURRENT',
  Layers: 'LAYERS',
  Tag: 'TAG',
};

function rowOf({ tag, created, depth, current }: Snapshot, now: number): Row {
  return {
    CreatedAt: formatTime(created),
    CreatedSince: formatAge(created, now),
    Current: current ? '*' : '',
    Layers: `${depth}`,
    Tag: tag,
  };
}
