/** `gocker volume inspect` */
import { GockerError } from '../../errors/index.ts';
import { defineCommand } from '../command.ts';
import { reportError } from '../report.ts';
import { Template } from '../template/template.ts';

export const volumeInspect = defineCommand({
  name: 'volume inspect',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  description: 'Show all about volumes',
  options: {
    format: { flags: '-f, --format <template>', kind: 'text', description: 'Print by a Go template, as "json"' },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker volume inspect data', "gocker volume inspect -f '{{.Mountpoint}}' data"],
  async run(flags, operands, { engine, stdout, stderr, debug }) {
    const template = flags.format === undefined || flags.format === 'json' ? undefined : new Template(flags.format);
    const opened = await engine();
    const found: object[] = [];
    let exitCode = 0;
    for (const name of operands) {
      try {
        const volume = await opened.inspectVolume(name);
        if (template === undefined) found.push(volume);
        else stdout.write(`${template.execute(volume)}\n`);
      } catch (error) {
        if (!(error instanceof GockerError) || error.code !== 'VOLUME_NOT_FOUND') throw error;
        exitCode = reportError(error, stderr, { debug, isRun: false });
      }
    }
    const indent = flags.format === 'json' ? undefined : 4;
    if (template === undefined) stdout.write(`${JSON.stringify(found, null, indent)}\n`);
    return exitCode;
  },
});
