/** `gocker version` */
import { release } from 'node:os';
import { formatPlatform, hostPlatform } from '../../oci/index.ts';
import { defineCommand } from '../command.ts';
import { Template } from '../template/template.ts';
import { readVersion } from '../version.ts';

export const version = defineCommand({
  name: 'version',
  usage: '[OPTIONS]',
  description: 'Show the version',
  options: {
    format: { flags: '-f, --format <template>', kind: 'text', description: 'Print by a Go template, or as "json"' },
  },
  operands: { least: 0, most: 0 },
  examples: ["gocker version --format '{{.Version}}'"],
  async run(flags, _operands, { stdout }) {
    const own = {
      Version: readVersion(),
      NodeVersion: process.version,
      Os: 'linux',
      Arch: hostPlatform().architecture,
      KernelVersion: release(),
    };
    // There is one program; scripts ask docker's for its two halves.
    const facts = { ...own, Client: own, Server: own };
    if (flags.format === 'json') stdout.write(`${JSON.stringify(facts)}\n`);
    else if (flags.format !== undefined) stdout.write(`${new Template(flags.format).execute(facts)}\n`);
    else {
      const lines = [
        ['Version', own.Version],
        ['Node.js', own.NodeVersion],
        ['Kernel', own.KernelVersion],
        ['OS/Arch', formatPlatform(hostPlatform())],
      ] as const;
      stdout.write(`gocker\n${lines.map(([key, value]) => ` ${`${key}:`.padEnd(10)}${value}\n`).join('')}`);
    }
    return 0;
  },
});
