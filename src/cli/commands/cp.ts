/** `gocker cp` */
import { createReadStream } from 'node:fs';
import type { CopyOptions, Engine, InContainer } from '../../engine/index.ts';
import { writeBytes } from '../byte-output.ts';
import { defineCommand } from '../command.ts';
import { formatSize } from '../format/size.ts';
import { interruptible } from '../interrupt.ts';
import { isTerminal } from '../sink.ts';
import { UsageError } from '../usage-error.ts';

export const cp = defineCommand({
  name: 'cp',
  usage: '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n  $ gocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  description: 'Copy files between a container and this machine; "-" is a tar on standard input or output',
  options: {
    archive: { flags: '-a, --archive', kind: 'boolean', description: 'Archive mode (copy all uid/gid information)' },
    followLink: {
      flags: '-L, --follow-link',
      kind: 'boolean',
      description: 'Always follow symbolic links in SRC_PATH',
    },
    quiet: {
      flags: '-q, --quiet',
      kind: 'boolean',
      description: 'Print nothing; as it is where output is no terminal',
    },
  },
  operands: { least: 2, most: 2 },
  examples: [
    'gocker cp web:/etc/nginx ./nginx',
    'gocker cp ./site/. web:/usr/share/nginx/html',
    'gocker cp web:/var/log - | tar t',
  ],
  async run(flags, [source = '', destination = ''], { engine, stdout, stderr }) {
    const ends = readEnds(source, destination);
    return interruptible(async (signal) => {
      const options = { archive: flags.archive, followLink: flags.followLink, signal };
      const copied = await copy(await engine(), ends, options);
      if (copied !== undefined && !flags.quiet && stdout.isTerminal) {
        stderr.write(`Successfully copied ${formatSize(copied.bytes)} to ${destination}\n`);
      }
      return 0;
    });
  },
});

type Ends =
  | { readonly kind: 'from'; readonly from: InContainer; readonly to: string }
  | { readonly kind: 'to'; readonly from: string; readonly to: InContainer };

/** @throws UsageError in docker's words */
function readEnds(source: string, destination: string): Ends {
  const [from, to] = [inContainer(source), inContainer(destination)];
  if (from !== undefined && to !== undefined) throw refused('copying between containers is not supported');
  if (from !== undefined) return { kind: 'from', from, to: destination };
  if (to !== undefined) return { kind: 'to', from: source, to };
  throw refused('must specify at least one container source');
}

/** What begins with "/" or "." is a path of this machine, whatever colons it has. */
function inContainer(text: string): InContainer | undefined {
  const colon = text.indexOf(':');
  if (colon < 1 || text.startsWith('/') || text.startsWith('.')) return undefined;
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

async function copy(engine: Engine, ends: Ends, options: CopyOptions) {
  if (ends.kind === 'to' && ends.from === '-') {
    return await engine.writeArchive(createReadStream('', { fd: 0, highWaterMark: 1 << 18 }), ends.to, options);
  }
  if (ends.kind === 'to') return await engine.copyTo(ends.from, ends.to, options);
  if (ends.to !== '-') return await engine.copyFrom(ends.from, ends.to, options);
  if (isTerminal(1)) throw refused('cowardly refusing to write a tar to a terminal. Redirect it');
  await engine.readArchive(ends.from, (tar) => writeBytes(1, tar), options);
  return undefined;
}

function refused(message: string): UsageError {
  return new UsageError('cp', message, { exitCode: 1 });
}
