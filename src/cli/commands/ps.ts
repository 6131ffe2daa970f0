/** `gocker ps` */
import type { ListOptions } from '../../engine/index.ts';
import { defineCommand, type Flags, type Options } from '../command.ts';
import { containerHeaders, containerRow } from '../format/container-row.ts';
import { formatListing } from '../format/listing.ts';
import { flagError } from '../usage-error.ts';

const options = {
  all: { flags: '-a, --all', kind: 'boolean', description: "Show those that don't run, too" },
  filter: {
    flags: '-f, --filter <condition>',
    kind: 'list',
    description:
      'Show only containers that match: id=, name=, label=, status=, exited=, ancestor=, before=, since=, volume=, network=, health=',
  },
  format: {
    flags: '--format <template>',
    kind: 'text',
    description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
  },
  last: { flags: '-n, --last <number>', kind: 'text', description: 'Show the newest ones, running or not' },
  latest: { flags: '-l, --latest', kind: 'boolean', description: 'Show the newest one, running or not' },
  noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids, commands and mounts in full' },
  quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show ids alone' },
  size: { flags: '-s, --size', kind: 'boolean', description: 'Show what their files take up' },
} as const satisfies Options;

const columns = ['ID', 'Image', 'Command', 'CreatedSince', 'Status', 'Ports', 'Names'];

export const ps = defineCommand({
  name: 'ps',
  usage: '[OPTIONS]',
  description: 'List containers',
  options,
  operands: { least: 0, most: 0 },
  examples: [
    'gocker ps -a',
    'gocker ps --filter status=exited --filter label=app=web -q',
    "gocker ps -a --format '{{.Names}} {{.Status}}'",
  ],
  async run(flags, _operands, { engine, stdout, now }) {
    const chosen = await readListOptions(flags);
    const found = await (await engine()).containers(chosen);
    const time = now();
    const rows = found.map((container) => containerRow(container, { full: flags.noTrunc, now: time }));
    const shown = flags.size ? [...columns, 'Size'] : columns;
    const table = `table ${shown.map((key) => `{{.${key}}}`).join('\t')}`;
    const format = flags.format ?? (flags.quiet ? '{{.ID}}' : table);
    stdout.write(formatListing({ rows, headers: containerHeaders, table, format }));
    return 0;
  },
});

/** Those that run, unless the user asks for a status, a number or all. @throws UsageError */
async function readListOptions(flags: Flags<typeof options>): Promise<ListOptions> {
  const last = flags.latest ? 1 : readLast(flags.last);
  const filters =
    flags.filter.length === 0
      ? {}
      : (await import('../format/container-filters.ts')).readContainerFilters(flags.filter);
  const isAny = flags.all || last > 0 || filters.statuses !== undefined;
  return {
    ...filters,
    ...(isAny ? {} : { statuses: ['running', 'paused', 'restarting'] }),
    ...(last > 0 ? { last } : {}),
    ...(flags.size || /\.Size\b/.test(flags.format ?? '') ? { size: true } : {}),
  };
}

/** 0 and less mean none, as with docker. */
function readLast(text = '-1'): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw flagError('ps', `invalid argument ${JSON.stringify(text)} for "-n, --last" flag: it is no whole number`);
}
