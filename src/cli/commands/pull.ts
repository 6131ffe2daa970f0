/** `gocker pull` */
import type { PulledImage } from '../../engine/index.ts';
import { familiarName, parseNamed, parseReference } from '../../oci/index.ts';
import { defineCommand } from '../command.ts';
import { interruptible } from '../interrupt.ts';
import { openProgress } from '../progress/progress.ts';

export const pull = defineCommand({
  name: 'pull',
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  description: 'Download an image from a registry',
  options: {
    platform: {
      flags: '--platform <os/arch>',
      kind: 'text',
      description: "Another platform than this machine's: linux/arm64",
    },
    noFallback: {
      flags: '--no-fallback',
      kind: 'boolean',
      description: 'Fail where the registry is out of reach, rather than take what this machine has',
    },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Print the name alone' },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker pull alpine', 'gocker pull localhost:5000/app:1', 'gocker pull --platform linux/arm64 debian:12'],
  async run(flags, [name = ''], context) {
    const { engine, stdout, stderr } = context;
    const asked = parseNamed(name);
    if (!flags.quiet && asked.tag === undefined && asked.digest === undefined)
      stderr.write('Using default tag: latest\n');
    const progress = openProgress(context, flags.quiet);
    return interruptible(async (signal) => {
      const pulled = await (await engine())
        .pull(name, {
          fallback: !flags.noFallback,
          signal,
          onEvent: (event) => progress.show(event),
          ...(flags.platform === undefined ? {} : { platform: flags.platform }),
        })
        .finally(() => progress.close());
      if (!flags.quiet) stdout.write(`Digest: ${pulled.digest}\nStatus: ${describeStatus(pulled)}\n`);
      stdout.write(`${pulled.reference}\n`);
      return 0;
    });
  },
});

function describeStatus({ status, reference }: PulledImage): string {
  const name = familiarName(parseReference(reference));
  if (status === 'downloaded') return `Downloaded newer image for ${name}`;
  return status === 'up-to-date'
    ? `Image is up to date for ${name}`
    : `Took ${name} from this machine, not from its registry`;
}
