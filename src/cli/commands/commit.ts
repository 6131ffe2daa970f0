/** `gocker commit` */
import { defineCommand } from '../command.ts';
import { interruptible } from '../interrupt.ts';

export const commit = defineCommand({
  name: 'commit',
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  description: "Make an image of a container's changes",
  options: {
    author: { flags: '-a, --author <name>', kind: 'text', description: 'Author, "Name <mail address>"' },
    change: {
      flags: '-c, --change <list>',
      kind: 'list',
      description: 'Apply an instruction of a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, WORKDIR …',
    },
    message: { flags: '-m, --message <text>', kind: 'text', description: 'Commit message' },
    pause: {
      flags: '-p, --pause',
      kind: 'optional',
      values: ['', 'true', 'false'],
      description: 'Pause the container meanwhile; --pause=false lets it run on',
    },
  },
  operands: { least: 1, most: 2 },
  examples: ['gocker commit web app:2', "gocker commit -m 'as tried' -c 'CMD [\"httpd\"]' web app"],
  async run(flags, [container = '', reference], { engine, stdout }) {
    return interruptible(async (signal) => {
      const { id } = await (await engine()).commit(container, {
        ...(reference === undefined ? {} : { reference }),
        ...(flags.author === undefined ? {} : { author: flags.author }),
        ...(flags.message === undefined ? {} : { message: flags.message }),
        changes: flags.change,
        pause: flags.pause !== 'false',
        signal,
      });
      stdout.write(`${id}\n`);
      return 0;
    });
  },
});
