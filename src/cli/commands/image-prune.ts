/** `gocker image prune` */
import { defineCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { readPruneFilters } from '../format/prune-filters.ts';
import { formatRemovals } from '../format/removals.ts';
import { formatSize } from '../format/size.ts';

export const imagePrune = defineCommand({
  name: 'image prune',
  usage: '[OPTIONS]',
  description: 'Remove images without a name, or all that no container is of',
  options: {
    all: { flags: '-a, --all', kind: 'boolean', description: 'Those with names, too, unless a container is of them' },
    filter: {
      flags: '--filter <condition>',
      kind: 'list',
      description: 'Remove only images that match: until=, label=, label!=',
    },
    force: { flags: '-f, --force', kind: 'boolean', description: "Don't ask" },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker image prune', 'gocker image prune -af --filter until=240h'],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readPruneFilters('image prune', flags.filter);
    const what = flags.all ? 'all images without at least one container associated to them' : 'all dangling images';
    if (!flags.force && !confirm(`WARNING! This will remove ${what}.`, stdout)) return 0;
    const { removals, reclaimed } = await (await engine()).pruneImages({ ...filters, all: flags.all });
    stdout.write(`${formatRemovals(removals)}Total reclaimed space: ${formatSize(reclaimed, 4)}\n`);
    return 0;
  },
});
