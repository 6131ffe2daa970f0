/** `gocker history` */
import type { HistoryLine } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatAge, formatTimestamp } from '../format/age.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { formatSize } from '../format/size.ts';
import { ellipsis, shortID, visible } from '../format/text.ts';

/** Characters of a step that a table shows. */
const STEP_WIDTH = 45;

export const history = defineCommand({
  name: 'history',
  usage: '[OPTIONS] IMAGE',
  description: 'Show the steps that made an image',
  options: {
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    human: {
      flags: '-H, --human <true|false>',
      kind: 'optional',
      values: ['', 'true', 'false', '1', '0'],
      description: 'Print sizes and dates for people (default)',
    },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids and steps in full' },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show ids alone' },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker history alpine', 'gocker history --no-trunc alpine:3.20'],
  async run(flags, [image = ''], { engine, stdout, now }) {
    const lines = await (await engine()).history(image);
    const human = !['false', '0'].includes(flags.human ?? '');
    const rows = lines.map((line) => rowOf(line, { human, full: flags.noTrunc, now: now() }));
    const table = `table {{.ID}}\t{{.${human ? 'CreatedSince' : 'CreatedAt'}}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
    const format = flags.format ?? (flags.quiet ? '{{.ID}}' : table);
    stdout.write(formatListing({ rows, headers, format, table }));
    return 0;
  },
});

const headers: Row = {
  ID: 'IMAGE',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
};

function rowOf(
  line: HistoryLine,
  { human, full, now }: { readonly human: boolean; readonly full: boolean; readonly now: number },
): Row {
  const id = line.id ?? '<missing>';
  // Tabs would be columns of the table.
  const createdBy = visible(line.createdBy.replaceAll('\t', ' '));
  return {
    Comment: visible(line.comment),
    CreatedAt: formatTimestamp(line.created),
    CreatedBy: full ? createdBy : ellipsis(createdBy, STEP_WIDTH),
    CreatedSince: formatAge(line.created, now),
    ID: full || line.id === undefined ? id : shortID(id),
    Size: human ? formatSize(line.size) : String(line.size),
  };
}
