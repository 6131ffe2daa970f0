/** `gocker system prune` */
import { defineCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { type PruneFilters, readPruneFilters } from '../format/prune-filters.ts';
import { formatDeleted, formatRemovals } from '../format/removals.ts';
import { formatSize } from '../format/size.ts';
import { UsageError } from '../usage-error.ts';

export const systemPrune = defineCommand({
  name: 'system prune',
  usage: '[OPTIONS]',
  description: 'Remove what is not in use: containers, networks, images and, where wished, volumes',
  options: {
    all: {
      flags: '-a, --all',
      kind: 'boolean',
      description: 'All images that no container is of, and not those without a name alone',
    },
    filter: {
      flags: '--filter <condition>',
      kind: 'list',
      description: 'Remove only what matches: until=, label=, label!=',
    },
    force: { flags: '-f, --force', kind: 'boolean', description: "Don't ask" },
    volumes: { flags: '--volumes', kind: 'boolean', description: 'Anonymous volumes that no container has, too' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker system prune', 'gocker system prune -af --volumes'],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readPruneFilters('system prune', flags.filter);
    if (flags.volumes && filters.until !== undefined) {
      const message = 'the "until" filter is not supported with "--volumes"';
      throw new UsageError('system prune', message, { exitCode: 1 });
    }
    if (!flags.force && !confirm(warningOf(flags, filters), stdout)) return 0;
    const opened = await engine();
    // What containers hold is free once they are gone.
    const containers = await opened.pruneContainers(filters);
    stdout.write(formatDeleted('Containers', containers.removed));
    let { reclaimed } = containers;
    stdout.write(formatDeleted('Networks', await opened.pruneNetworks(filters)));
    await opened.mendNetworks();
    if (flags.volumes) {
      const volumes = await opened.pruneVolumes(filters);
      stdout.write(formatDeleted('Volumes', volumes.names));
      reclaimed += volumes.reclaimed;
    }
    const images = await opened.pruneImages({ ...filters, all: flags.all });
    stdout.write(formatRemovals(images.removals));
    stdout.write(`Total reclaimed space: ${formatSize(reclaimed + images.reclaimed, 4)}\n`);
    return 0;
  },
});

/** docker's words. */
function warningOf(flags: { readonly all: boolean; readonly volumes: boolean }, filters: PruneFilters): string {
  const going = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(flags.volumes ? ['all anonymous volumes not used by at least one container'] : []),
    flags.all ? 'all images without at least one container associated to them' : 'all dangling images',
  ];
  const { until, labels = [], labelsNot = [] } = filters;
  const conditions = [
    ...labels.map((label) => `label=${label}`),
    ...labelsNot.map((label) => `label!=${label}`),
    ...(until === undefined ? [] : [`until=${until}`]),
  ];
  const list = (lines: readonly string[]) => lines.map((line) => `  - ${line}\n`).join('');
  const filtered = conditions.length === 0 ? '' : `\n  Items to be pruned will be filtered with:\n${list(conditions)}`;
  return `WARNING! This will remove:\n${list(going)}${filtered}`;
}
