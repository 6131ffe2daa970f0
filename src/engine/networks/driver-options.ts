/** What `network create -o` says of a bridge, with docker's keys and podman's. Pure. */
import { GockerError } from '../../errors/index.ts';

export interface DriverWishes {
  readonly mtu?: number;
  readonly bridge?: string;
}

const keys = {
  mtu: ['com.docker.network.driver.mtu', 'mtu'],
  bridge: ['com.docker.network.bridge.name'],
} as const;

/** @throws GockerError `NETWORK_OPTION_INVALID` */
export function readDriverOptions(network: string, options: Readonly<Record<string, string>>): DriverWishes {
  const fail = (key: string, is: string, expected: string) =>
    new GockerError(
      'NETWORK_OPTION_INVALID',
      `cannot create network "${network}": option "${key}": ${is} (expected ${expected})`,
    );
  const known: readonly string[] = Object.values(keys).flat();
  let wishes: DriverWishes = {};
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) throw fail(key, 'there is none of that name', known.join(', '));
    if (keys.bridge.some((one) => one === key)) {
      // netdevice(7): IFNAMSIZ, and no slash, colon or space.
      if (!/^[^\s/:]{1,15}$/.test(value) || /^\.{1,2}$/.test(value)) {
        throw fail(key, `"${value}" is no interface's name`, 'up to 15 characters');
      }
      wishes = { ...wishes, bridge: value };
      continue;
    }
    const mtu = Number(value);
    if (!/^\d+$/.test(value) || mtu < 68 || mtu > 65_535) throw fail(key, `"${value}" is no MTU`, '68 to 65535');
    wishes = { ...wishes, mtu };
  }
  return wishes;
}
