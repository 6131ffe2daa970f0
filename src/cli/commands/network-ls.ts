/** `gocker network ls` */
import type { NetworkDetails } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatTime } from '../format/age.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { readNetworkFilters } from '../format/network-filters.ts';
import { shortID, visible } from '../format/text.ts';

export const networkLs = defineCommand({
  name: 'network ls',
  usage: '[OPTIONS]',
  description: 'List networks',
  options: {
    filter: {
      flags: '-f, --filter <condition>',
      kind: 'list',
      description:
        'Show only networks that match: dangling=true|false, driver=, id=, label=, name=, scope=, type=custom|builtin',
    },
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids in full' },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show ids alone' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker network ls', 'gocker network ls -q -f type=custom', "gocker network ls --format '{{.Name}}'"],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readNetworkFilters(flags.filter);
    const networks = await (await engine()).networks(filters);
    const table = 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}';
    const format = flags.format ?? (flags.quiet ? '{{.ID}}' : table);
    const rows = networks.map((network) => rowOf(network, flags.noTrunc));
    stdout.write(formatListing({ rows, headers, format, table }));
    return 0;
  },
});

const headers: Row = {
  CreatedAt: 'CREATED AT',
  Driver: 'DRIVER',
  ID: 'NETWORK ID',
  IPv4: 'IPV4',
  IPv6: 'IPV6',
  Internal: 'INTERNAL',
  Label: (name) => name.replace(/^.*\./, '').replace(/[-_]/g, ' '),
  Labels: 'LABELS',
  Name: 'NAME',
  Scope: 'SCOPE',
};

function rowOf(network: NetworkDetails, full: boolean): Row {
  const labels = Object.entries(network.Labels).map(([name, value]) => visible(`${name}=${value}`));
  return {
    CreatedAt: formatTime(network.Created),
    Driver: network.Driver,
    ID: full ? network.Id : shortID(network.Id),
    IPv4: String(network.EnableIPv4),
    IPv6: String(network.EnableIPv6),
    Internal: String(network.Internal),
    Label: (name) => visible(Object.hasOwn(network.Labels, name) ? (network.Labels[name] ?? '') : ''),
    Labels: labels.join(','),
    Name: network.Name,
    Scope: network.Scope,
  };
}
