/** `gocker stats` */
import type { ContainerStats } from '../../engine/index.ts';
import { type Context, defineCommand } from '../command.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { formatBinarySize, formatSize } from '../format/size.ts';
import { shortID } from '../format/text.ts';

export const stats = defineCommand({
  name: 'stats',
  usage: '[OPTIONS] [CONTAINER...]',
  description: 'Show what containers use, again each second',
  options: {
    all: { flags: '-a, --all', kind: 'boolean', description: "Show those that don't run, too" },
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    noStream: { flags: '--no-stream', kind: 'boolean', description: 'Measure once' },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids in full' },
  },
  operands: { least: 0, most: Number.POSITIVE_INFINITY },
  examples: ['gocker stats', "gocker stats --no-stream --format '{{.Name}} {{.CPUPerc}}' web"],
  async run(flags, names, { engine, stdout }) {
    const measured = (await engine()).stats(names, { all: flags.all, stream: !flags.noStream });
    const isLive = !flags.noStream && stdout.isTerminal;
    if (isLive) stdout.write(CLEAR);
    for await (const containers of measured) {
      const rows = containers.map((container) => rowOf(container, flags.noTrunc));
      const text = formatListing({ rows, headers, table, format: flags.format ?? table });
      if (isLive) redraw(stdout, text);
      else stdout.write(text);
    }
    return 0;
  },
});

const table = `table ${['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs']
  .map((key) => `{{.${key}}}`)
  .join('\t')}`;

const headers: Row = {
  BlockIO: 'BLOCK I/O',
  CPUPerc: 'CPU %',
  Container: 'CONTAINER',
  ID: 'CONTAINER ID',
  MemPerc: 'MEM %',
  MemUsage: 'MEM USAGE / LIMIT',
  Name: 'NAME',
  NetIO: 'NET I/O',
  PIDs: 'PIDS',
};

/** console_codes(4): all of the screen; from here to the end of the line; from here to the end of the screen; home. */
const CLEAR = '\x1b[2J';
const [CLEAR_LINE, CLEAR_BELOW, HOME] = ['\x1b[K', '\x1b[J', '\x1b[H'];

/** Over what is there, without a moment in which nothing is. */
function redraw(stdout: Context['stdout'], text: string): void {
  const lines = text.split('\n').map((line) => `${line}${CLEAR_LINE}`);
  stdout.write(`${HOME}${lines.join('\n')}${CLEAR_BELOW}`);
}

function rowOf(container: ContainerStats, full: boolean): Row {
  const { id, cpuPercent, memory, memoryLimit, received, sent, read, written, pids } = container;
  const share = memory === undefined || memoryLimit === 0 ? memory : (100 * memory) / memoryLimit;
  return {
    BlockIO: both(read, written, formatSize),
    CPUPerc: percent(cpuPercent),
    Container: container.asked ?? (full ? id : shortID(id)),
    ID: full ? id : shortID(id),
    MemPerc: percent(share),
    MemUsage: both(memory, memoryLimit, formatBinarySize),
    Name: container.name,
    NetIO: both(received, sent, formatSize),
    PIDs: pids === undefined ? unknown : `${pids}`,
  };
}

const unknown = '--';

function percent(number: number | undefined): string {
  return number === undefined ? unknown : `${number.toFixed(2)}%`;
}

function both(left: number | undefined, right: number | undefined, format: (bytes: number) => string): string {
  const show = (bytes: number | undefined) => (bytes === undefined ? unknown : format(bytes));
  return `${show(left)} / ${show(right)}`;
}
