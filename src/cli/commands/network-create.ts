/** `gocker network create` */
import { defineCommand } from '../command.ts';
import { readPairs } from '../format/pairs.ts';

export const networkCreate = defineCommand({
  name: 'network create',
  usage: '[OPTIONS] NETWORK',
  description: 'Create a network',
  options: {
    driver: { flags: '-d, --driver <name>', kind: 'text', description: 'The network driver: there is but bridge' },
    gateway: {
      flags: '--gateway <list>',
      kind: 'list',
      description: "The bridge's own address in a subnet; its first where left out",
    },
    internal: {
      flags: '--internal',
      kind: 'boolean',
      description: 'No way out: only its containers and this host are reached',
    },
    ipRange: { flags: '--ip-range <list>', kind: 'list', description: 'The part of a subnet that addresses come from' },
    ipv6: { flags: '--ipv6', kind: 'boolean', description: 'Addresses of IPv6, too' },
    label: { flags: '--label <list>', kind: 'list', description: 'Set a label, NAME=value' },
    opt: {
      flags: '-o, --opt <list>',
      kind: 'list',
      description: 'Set options of the driver: mtu=1400, com.docker.network.bridge.name=br0',
    },
    subnet: {
      flags: '--subnet <list>',
      kind: 'list',
      description: 'Its addresses, as 172.30.0.0/16: at most one of each family. Free ones where left out',
    },
  },
  operands: { least: 1, most: 1 },
  examples: [
    'gocker network create web',
    'gocker network create --subnet 172.30.0.0/16 --gateway 172.30.0.254 web',
    'gocker network create --internal --ipv6 -o mtu=1400 db',
  ],
  async run(flags, [name = ''], { engine, stdout }) {
    const id = await (await engine()).createNetwork({
      name,
      ...(flags.driver === undefined ? {} : { driver: flags.driver }),
      subnets: listed(flags.subnet),
      gateways: listed(flags.gateway),
      ipRanges: listed(flags.ipRange),
      internal: flags.internal,
      ipv6: flags.ipv6,
      labels: readPairs(flags.label),
      options: readPairs(flags.opt),
    });
    stdout.write(`${id}\n`);
    return 0;
  },
});

/** docker takes several after one flag, too. */
function listed(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(','));
}
