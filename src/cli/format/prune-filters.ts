/** The texts after `--filter` of the prunes. */
import { UsageError } from '../usage-error.ts';

export interface PruneFilters {
  readonly until?: string;
  readonly labels?: readonly string[];
  readonly labelsNot?: readonly string[];
}

/** Of several for `until`, the last one counts. @throws UsageError */
export function readPruneFilters(command: string, conditions: readonly string[]): PruneFilters {
  let until: string | undefined;
  const [labels, labelsNot]: string[][] = [[], []];
  for (const condition of conditions) {
    const [, key = condition, value = ''] = /^(label!?|until)=(.*)$/s.exec(condition) ?? [];
    if (key === 'until') until = value;
    else if (key === 'label') labels?.push(value);
    else if (key === 'label!') labelsNot?.push(value);
    else {
      const name = condition.replace(/=.*$/s, '');
      throw new UsageError(command, `invalid filter '${name}' (expected until=, label= or label!=)`, { exitCode: 1 });
    }
  }
  return {
    ...(until === undefined ? {} : { until }),
    ...(labels?.length ? { labels } : {}),
    ...(labelsNot?.length ? { labelsNot } : {}),
  };
}
