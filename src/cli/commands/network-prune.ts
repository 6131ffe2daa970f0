/** `gocker network prune` */
import { defineCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { readPruneFilters } from '../format/prune-filters.ts';
import { formatDeleted } from '../format/removals.ts';

export const networkPrune = defineCommand({
  name: 'network prune',
  usage: '[OPTIONS]',
  description: 'Remove the networks that no container has',
  options: {
    filter: {
      flags: '--filter <condition>',
      kind: 'list',
      description: 'Remove only what matches: until=, label=, label!=',
    },
    force: { flags: '-f, --force', kind: 'boolean', description: "Don't ask" },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker network prune -f'],
  async run(flags, _operands, { engine, stdout }) {
    const filters = readPruneFilters('network prune', flags.filter);
    const warning = 'WARNING! This will remove all custom networks not used by at least one container.';
    if (!flags.force && !confirm(warning, stdout)) return 0;
    const opened = await engine();
    const names = await opened.pruneNetworks(filters);
    await opened.mendNetworks();
    stdout.write(formatDeleted('Networks', names));
    return 0;
  },
});
