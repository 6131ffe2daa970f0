/** `gocker logs` */
import { defineCommand } from '../command.ts';
import { flagError } from '../usage-error.ts';

export const logs = defineCommand({
  name: 'logs',
  usage: '[OPTIONS] CONTAINER',
  description: 'Print what a container has written',
  options: {
    details: { flags: '--details', kind: 'boolean', description: 'Show the labels and variables that --log-opt names' },
    follow: { flags: '-f, --follow', kind: 'boolean', description: 'Go on until the container ends' },
    since: {
      flags: '--since <time>',
      kind: 'text',
      description: 'Leave out what is older: 2025-01-31T12:00:00Z, seconds since 1970, or 42m for "42 minutes ago"',
    },
    tail: {
      flags: '-n, --tail <number|all>',
      kind: 'text',
      description: 'Only so many of the last lines (default: all)',
    },
    timestamps: { flags: '-t, --timestamps', kind: 'boolean', description: 'Print before each line when it came' },
    until: { flags: '--until <time>', kind: 'text', description: 'Leave out what is newer, written as for --since' },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker logs --tail 20 -f web', 'gocker logs --since 10m -t web'],
  async run(flags, [name = ''], { engine, stdout, stderr }) {
    const { follow, since, until } = flags;
    const tail = parseTail(flags.tail);
    const opened = await engine();
    const { LogPrinter } = await import('../logs/log-printer.ts');
    const details = flags.details ? await (await import('../logs/log-details.ts')).logDetails(opened, name) : undefined;
    const printer = new LogPrinter({ stdout, stderr }, { timestamps: flags.timestamps, details });
    const options = {
      follow,
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    for await (const entries of opened.logs(name, options).batches()) printer.print(entries);
    return 0;
  },
});

/** As docker, which takes a negative number for all; unlike it, which takes a word for all, too. */
function parseTail(text = 'all'): number | undefined {
  if (text === 'all' || text === '' || /^-\d+$/.test(text)) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  if (number !== undefined) return number;
  throw flagError('logs', `invalid argument ${JSON.stringify(text)} for "--tail" flag (expected a number, or "all")`);
}
