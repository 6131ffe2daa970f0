/** `gocker system df` */
import type { DiskUsage } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { usageDetails, usageTables } from '../format/disk-usage.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { formatSize } from '../format/size.ts';
import { Template } from '../template/template.ts';

export const systemDf = defineCommand({
  name: 'system df',
  usage: '[OPTIONS]',
  description: 'Show what images, containers and volumes take up on the disk',
  options: {
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    verbose: { flags: '-v, --verbose', kind: 'boolean', description: 'Show each of them' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker system df', 'gocker system df -v', "gocker system df --format '{{.Type}} {{.Size}}'"],
  async run({ format, verbose }, _operands, { engine, stdout, now }) {
    const usage = await (await engine()).diskUsage();
    if (!verbose) {
      stdout.write(formatListing({ rows: rowsOf(usage), headers, table, format: format ?? table }));
      return 0;
    }
    if (format === undefined) stdout.write(usageTables(usage, now()));
    else if (format === 'json') stdout.write(`${JSON.stringify(usageDetails(usage, now()))}\n`);
    else stdout.write(`${new Template(format).execute(usageDetails(usage, now()))}\n`);
    return 0;
  },
});

const table = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';

const headers: Row = {
  Active: 'ACTIVE',
  Reclaimable: 'RECLAIMABLE',
  Size: 'SIZE',
  TotalCount: 'TOTAL',
  Type: 'TYPE',
};

/** Added up as docker does. Images count once, however many names they have. */
function rowsOf({ layersSize, images, containers, volumes }: DiskUsage): Row[] {
  const once = [...new Map(images.map((image) => [image.id, image])).values()];
  const used = once.filter((image) => image.containers > 0);
  const running = containers.filter(({ status }) => ['running', 'paused', 'restarting'].includes(status));
  const stopped = containers.filter((container) => !running.includes(container));
  return [
    row('Images', [once, used], {
      size: layersSize,
      free: layersSize - sum(used, (image) => image.size - image.sharedSize),
    }),
    row('Containers', [containers, running], {
      size: sum(containers, ({ sizeRw = 0 }) => sizeRw),
      free: sum(stopped, ({ sizeRw = 0 }) => sizeRw),
    }),
    row('Local Volumes', [volumes, volumes.filter(({ links }) => links > 0)], {
      size: sum(volumes, ({ size }) => size),
      free: sum(volumes, ({ links, size }) => (links > 0 ? 0 : size)),
    }),
    row('Build Cache', [[], []], { size: 0, free: 0 }),
  ];
}

function row(
  Type: string,
  [all, active]: readonly [readonly unknown[], readonly unknown[]],
  { size, free }: { readonly size: number; readonly free: number },
): Row {
  const share = size > 0 ? ` (${Math.floor((100 * free) / size)}%)` : '';
  return {
    Active: `${active.length}`,
    Reclaimable: `${formatSize(free, 4)}${share}`,
    Size: formatSize(size, 4),
    TotalCount: `${all.length}`,
    Type,
  };
}

function sum<T>(values: readonly T[], bytesOf: (value: T) => number): number {
  return values.reduce((total, value) => total + bytesOf(value), 0);
}
