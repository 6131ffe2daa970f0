/** `gocker network inspect` */
import { GockerError } from '../../errors/index.ts';
import { defineCommand } from '../command.ts';
import { networkView } from '../format/network-view.ts';
import { reportError } from '../report.ts';
import { Template } from '../template/template.ts';

export const networkInspect = defineCommand({
  name: 'network inspect',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  description: 'Show all about networks',
  options: {
    format: { flags: '-f, --format <template>', kind: 'text', description: 'Print by a Go template, as "json"' },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: [
    'gocker network inspect bridge',
    "gocker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' bridge",
  ],
  async run(flags, operands, { engine, stdout, stderr, debug }) {
    const template = flags.format === undefined || flags.format === 'json' ? undefined : new Template(flags.format);
    const opened = await engine();
    const found: object[] = [];
    let exitCode = 0;
    for (const name of operands) {
      try {
        const network = await opened.inspectNetwork(name);
        if (template === undefined) found.push(network);
        else stdout.write(`${template.execute(networkView(network))}\n`);
      } catch (error) {
        if (!(error instanceof GockerError) || !error.code.startsWith('NETWORK_')) throw error;
        exitCode = reportError(error, stderr, { debug, isRun: false });
      }
    }
    const indent = flags.format === 'json' ? undefined : 4;
    if (template === undefined) stdout.write(`${JSON.stringify(found, null, indent)}\n`);
    return exitCode;
  },
});
