/** `gocker ps` */
import type { ContainerSummary } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatAge, formatTime } from '../format/age.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { ellipsis, shortID, visible } from '../format/text.ts';

/** Characters of a command that a table shows. */
const COMMAND_WIDTH = 20;

export const ps = defineCommand({
  name: 'ps',
  usage: '[OPTIONS]',
  description: 'List containers',
  options: {
    all: { flags: '-a, --all', kind: 'boolean', description: 'Show those that have ended, too' },
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids and commands in full' },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show ids alone' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker ps -a', "gocker ps -a --format '{{.Names}} {{.Status}}'"],
  async run(flags, _operands, { engine, stdout, now }) {
    const found = await (await engine()).containers();
    const shown = flags.all ? found : found.filter(({ status }) => status === 'running');
    const rows = shown.map((container) => rowOf(container, { full: flags.noTrunc, now: now() }));
    const table = 'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.CreatedSince}}\t{{.Status}}\t{{.Names}}';
    stdout.write(formatListing({ rows, headers, table, format: flags.format ?? (flags.quiet ? '{{.ID}}' : table) }));
    return 0;
  },
});

const headers: Row = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  CreatedSince: 'CREATED',
  RunningFor: 'CREATED',
  State: 'STATE',
  Status: 'STATUS',
  Names: 'NAMES',
  Labels: 'LABELS',
};

function rowOf(container: ContainerSummary, { full, now }: { readonly full: boolean; readonly now: number }): Row {
  const command = visible(container.command.join(' '));
  const age = formatAge(container.created, now);
  return {
    Command: JSON.stringify(full ? command : ellipsis(command, COMMAND_WIDTH)),
    CreatedAt: formatTime(container.created),
    CreatedSince: age,
    ID: full ? container.id : shortID(container.id),
    Image: container.image,
    Labels: Object.entries(container.labels)
      .map(([name, value]) => visible(`${name}=${value}`))
      .join(','),
    Names: container.name,
    RunningFor: age,
    State: container.status,
    Status: describeStatus(container, now),
  };
}

/** `Up 5 minutes`, `Exited (137) 2 hours ago`, `Created` */
function describeStatus({ status, started, finished, exitCode }: ContainerSummary, now: number): string {
  if (status === 'created') return 'Created';
  if (status === 'running') return `Up ${formatAge(started, now).replace(/ ago$/, '')}`;
  return `Exited (${exitCode ?? '?'}) ${formatAge(finished, now)}`;
}
