/** `gocker create` */
import { defineCommand } from '../command.ts';
import { openCidFile } from '../run/cid-file.ts';
import { createFlags } from '../run/run-flags.ts';
import { readRunOptions } from '../run/run-options.ts';
import { showPull } from '../run/show-pull.ts';
import { SignalRelay } from '../run/signals.ts';

export const create = defineCommand({
  name: 'create',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  description: 'Create a new container from an image, and do not start it',
  options: createFlags,
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  examples: ['gocker create --name web -v web:/srv alpine httpd -f', 'gocker start $(gocker create alpine true)'],
  async run(flags, operands, context) {
    const options = readRunOptions(flags, operands, context.env);
    const cidFile = openCidFile(flags.cidfile);
    const relay = new SignalRelay();
    const pull = showPull(context, flags);
    try {
      const creating = { ...options, signal: relay.signal, onEvent: pull.onEvent };
      const { id } = await (await context.engine()).create(creating).finally(pull.close);
      cidFile.write(id);
      context.stdout.write(`${id}\n`);
      return 0;
    } catch (error) {
      if (relay.exitCode !== undefined) return relay.exitCode;
      throw error;
    } finally {
      relay.close();
      cidFile.close();
    }
  },
});
