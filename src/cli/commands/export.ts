/** `gocker export` */
import { statSync } from 'node:fs';
import { writeBytes, writeFileOfBytes } from '../byte-output.ts';
import { defineCommand } from '../command.ts';
import { isTerminal } from '../sink.ts';
import { UsageError } from '../usage-error.ts';

export const exportFiles = defineCommand({
  name: 'export',
  usage: '[OPTIONS] CONTAINER',
  description: "Write a container's files as a tar, without its volumes",
  options: {
    output: { flags: '-o, --output <file>', kind: 'text', description: 'Write to a file, instead of standard output' },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker export -o web.tar web', 'gocker export web | tar t'],
  async run({ output }, [container = ''], context) {
    if (output === undefined && isTerminal(1)) {
      throw new UsageError('export', 'cowardly refusing to save to a terminal. Use the -o flag or redirect', {
        exitCode: 1,
      });
    }
    const engine = await context.engine();
    const save = (fd: number) => engine.exportContainer(container, (tar) => writeBytes(fd, tar));
    if (output === undefined) await save(1);
    else {
      const stats = statSync(output, { throwIfNoEntry: false });
      await writeFileOfBytes(output, { isPlain: stats === undefined || stats.isFile() }, save);
    }
    return 0;
  },
});
