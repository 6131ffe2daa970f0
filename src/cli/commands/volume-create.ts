/** `gocker volume create` */
import { defineCommand } from '../command.ts';
import { readPairs } from '../format/pairs.ts';

export const volumeCreate = defineCommand({
  name: 'volume create',
  usage: '[OPTIONS] [VOLUME]',
  description: 'Create a volume',
  options: {
    driver: { flags: '-d, --driver <name>', kind: 'text', description: 'The volume driver: there is but local' },
    label: { flags: '--label <list>', kind: 'list', description: 'Set a label, NAME=value' },
    opt: {
      flags: '-o, --opt <list>',
      kind: 'list',
      description: 'Set options of the driver: type=none, o=bind, device=/directory',
    },
  },
  operands: { least: 0, most: 1 },
  examples: ['gocker volume create data', 'gocker volume create -o type=none -o o=bind -o device=/srv/data data'],
  async run(flags, [name], { engine, stdout }) {
    const created = await (await engine()).createVolume({
      ...(name === undefined ? {} : { name }),
      ...(flags.driver === undefined ? {} : { driver: flags.driver }),
      labels: readPairs(flags.label),
      options: readPairs(flags.opt),
    });
    stdout.write(`${created}\n`);
    return 0;
  },
});
