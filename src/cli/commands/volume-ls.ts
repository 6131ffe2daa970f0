/** `gocker volume ls` */
import type { VolumeDetails } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { visible } from '../format/text.ts';
import { readVolumeFilters } from '../format/volume-filters.ts';

export const volumeLs = defineCommand({
  name: 'volume ls',
  usage: '[OPTIONS]',
  description: 'List volumes',
  options: {
    filter: {
      flags: '-f, --filter <condition>',
      kind: 'list',
      description: 'Show only volumes that match: dangling=true|false, driver=, label=, name=',
    },
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show names alone' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker volume ls', 'gocker volume ls -q -f dangling=true', "gocker volume ls --format '{{.Mountpoint}}'"],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readVolumeFilters('volume ls', flags.filter, ['dangling', 'driver', 'label', 'name']);
    const volumes = await (await engine()).volumes(filters);
    const table = 'table {{.Driver}}\t{{.Name}}';
    const format = flags.format ?? (flags.quiet ? '{{.Name}}' : table);
    stdout.write(formatListing({ rows: volumes.map(rowOf), headers, format, table }));
    return 0;
  },
});

const headers: Row = {
  Availability: 'AVAILABILITY',
  Driver: 'DRIVER',
  Group: 'GROUP',
  Labels: 'LABELS',
  Links: 'LINKS',
  Mountpoint: 'MOUNTPOINT',
  Name: 'VOLUME NAME',
  Scope: 'SCOPE',
  Size: 'SIZE',
  Status: 'STATUS',
};

function rowOf({ Driver, Labels, Mountpoint, Name, Scope }: VolumeDetails): Row {
  const labels = Object.entries(Labels ?? {}).map(([name, value]) => visible(`${name}=${value}`));
  return {
    Availability: 'N/A',
    Driver,
    Group: 'N/A',
    Labels: labels.join(','),
    Links: 'N/A',
    Mountpoint,
    Name,
    Scope,
    Size: 'N/A',
    Status: 'N/A',
  };
}
