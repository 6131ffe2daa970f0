/** `gocker container prune` */
import type { PruneOptions } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { formatSize } from '../format/size.ts';
import { flagError } from '../usage-error.ts';

export const containerPrune = defineCommand({
  name: 'container prune',
  usage: '[OPTIONS]',
  description: 'Remove all containers that do not run',
  options: {
    filter: {
      flags: '--filter <condition>',
      kind: 'list',
      description: 'Remove only containers that match: label=, label!=, until=',
    },
    force: { flags: '-f, --force', kind: 'boolean', description: "Don't ask" },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker container prune', 'gocker container prune -f --filter until=24h'],
  async run(flags, _operands, { engine, stdout }) {
    const options = readFilters(flags.filter);
    const warning = 'WARNING! This will remove all stopped containers.';
    if (!flags.force && !confirm(warning, stdout)) return 0;
    const { removed, reclaimed } = await (await engine()).pruneContainers(options);
    if (removed.length > 0) stdout.write(`Deleted Containers:\n${removed.map((id) => `${id}\n`).join('')}\n`);
    stdout.write(`Total reclaimed space: ${formatSize(reclaimed)}\n`);
    return 0;
  },
});

/** @throws UsageError */
function readFilters(conditions: readonly string[]): PruneOptions {
  const filters: { until?: string; labels: string[]; labelsNot: string[] } = { labels: [], labelsNot: [] };
  for (const condition of conditions) {
    const [, key, value = ''] = /^(label!?|until)=(.*)$/s.exec(condition) ?? [];
    if (key === 'until') filters.until = value;
    else if (key === 'label') filters.labels.push(value);
    else if (key === 'label!') filters.labelsNot.push(value);
    else {
      const is = `invalid filter ${JSON.stringify(condition)} (expected label=, label!= or until=)`;
      throw flagError('container prune', is);
    }
  }
  return filters;
}
