/** `gocker volume prune` */
import { defineCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { formatSize } from '../format/size.ts';
import { readVolumeFilters } from '../format/volume-filters.ts';

export const volumePrune = defineCommand({
  name: 'volume prune',
  usage: '[OPTIONS]',
  description: 'Remove the volumes that no container has',
  options: {
    all: {
      flags: '-a, --all',
      kind: 'boolean',
      description: 'Those with names, too, and not the anonymous ones alone',
    },
    filter: {
      flags: '--filter <condition>',
      kind: 'list',
      description: 'Remove only volumes that match: label=, label!=',
    },
    force: { flags: '-f, --force', kind: 'boolean', description: "Don't ask" },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker volume prune', 'gocker volume prune -af --filter label=test'],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readVolumeFilters('volume prune', flags.filter, ['label', 'label!']);
    const what = flags.all ? 'all' : 'anonymous';
    const warning = `WARNING! This will remove ${what} local volumes not used by at least one container.`;
    if (!flags.force && !confirm(warning, stdout)) return 0;
    const { names, reclaimed } = await (await engine()).pruneVolumes({ ...filters, all: flags.all });
    if (names.length > 0) stdout.write(`Deleted Volumes:\n${names.map((name) => `${name}\n`).join('')}\n`);
    stdout.write(`Total reclaimed space: ${formatSize(reclaimed)}\n`);
    return 0;
  },
});
