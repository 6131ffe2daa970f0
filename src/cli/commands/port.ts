/** `gocker port` */
import { GockerError } from '../../errors/index.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** As inspect tells them: where `80/tcp` is to be reached from outside. */
type Ports = Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;

export const port = defineCommand({
  name: 'port',
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  description: 'Show which ports of a container are published, and where',
  options: {},
  operands: { least: 1, most: 2 },
  examples: ['gocker port web', 'gocker port web 80'],
  async run(_flags, [name = '', wanted], { engine, stdout }) {
    const { NetworkSettings } = await (await engine()).inspectContainer(name);
    const { Ports: ports } = NetworkSettings as { readonly Ports: Ports };
    const sorted = Object.entries(ports).sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
    const lines = sorted.flatMap(([inside, outside]) =>
      (outside ?? []).map(({ HostIp, HostPort }) => ({
        inside,
        at: `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`,
      })),
    );
    if (wanted === undefined) {
      for (const { inside, at } of lines) stdout.write(`${inside} -> ${at}\n`);
      return 0;
    }
    const key = normalPort(wanted);
    const found = lines.filter(({ inside }) => inside === key);
    if (found.length === 0) {
      throw new GockerError('PORT_UNPUBLISHED', `No public port '${wanted}' published for ${name}`, {
        hint: `See "gocker port ${name}" for those that are.`,
      });
    }
    for (const { at } of found) stdout.write(`${at}\n`);
    return 0;
  },
});

/** `80/tcp` @throws UsageError */
function normalPort(text: string): string {
  const [, number, protocol = 'tcp'] = /^(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  if (number !== undefined && Number(number) <= 65_535) return `${Number(number)}/${protocol.toLowerCase()}`;
  throw new UsageError('port', `invalid port (${text}): it is no number of a port (expected such as 80 or 53/udp)`, {
    exitCode: 1,
  });
}
