/** `gocker verify` */
import type { VerifyFinding } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { formatSize } from '../format/size.ts';
import { interruptible } from '../interrupt.ts';
import { openProgress } from '../progress/progress.ts';

export const verify = defineCommand({
  name: 'verify',
  usage: '[OPTIONS]',
  description: 'Check every byte of the store: blobs against their digests, layers against what was unpacked',
  options: {
    repair: { flags: '--repair', kind: 'boolean', description: 'Fetch again what is bad, and nothing else' },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Print what is bad, and no summary' },
  },
  operands: { least: 0, most: 0 },
  examples: ['gocker verify', 'gocker verify --repair'],
  async run(flags, _operands, context) {
    const { engine, stdout } = context;
    const progress = openProgress(context, flags.quiet);
    return interruptible(async (signal) => {
      try {
        const report = await (await engine()).verify({
          repair: flags.repair,
          signal,
          onEvent: (event) => progress.show(event),
          onFinding: (finding) => finding.state !== 'sound' && stdout.write(formatFinding(finding)),
        });
        const verdict = report.sound ? 'sound' : `${report.findings.length} not sound`;
        if (!flags.quiet) stdout.write(`${report.checked} objects, ${formatSize(report.bytes)}: ${verdict}\n`);
        return report.sound ? 0 : 1;
      } finally {
        await progress.close();
      }
    });
  },
});

function formatFinding({ kind, object, state, reason, neededBy }: VerifyFinding): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const who = neededBy.length === 0 ? '' : ` (needed by ${neededBy.join(', ')})`;
  return `${state} ${kind} ${object}${why}${who}\n`;
}
