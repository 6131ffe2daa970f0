/** What `network create -o` may say: of the options of docker's bridge driver those that gocker has. Pure. */
import { GockerError } from '../../errors/index.ts';

const MTU = 'com.docker.network.driver.mtu';
const BRIDGE = 'com.docker.network.bridge.name';

/** What is so anyway; another value would be another thing. */
const fixed: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
};

export interface DriverWishes {
  readonly mtu?: number;
  readonly bridge?: string;
}

/** @throws GockerError `NETWORK_OPTION_INVALID` */
export function readDriverOptions(
  network: string,
  options: Readonly<Record<string, string>>,
  { ipv6 }: { readonly ipv6: boolean },
): DriverWishes {
  const fail = (is: string, expected: string) =>
    new GockerError('NETWORK_OPTION_INVALID', `cannot create network "${network}": ${is} (expected ${expected})`);
  for (const [name, value] of Object.entries(options)) {
    if (name === 'mtu' || name === MTU || name === BRIDGE) continue;
    const only = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
    if (only === undefined) throw fail(`invalid option "${name}"`, [MTU, BRIDGE, ...Object.keys(fixed)].join(', '));
    if (value !== only) throw fail(`option "${name}=${value}" is not supported`, only);
  }
  const [mtu, bridge] = [options[MTU] ?? options.mtu, options[BRIDGE]];
  // RFC 791 §3.1, RFC 8200 §5; a bridge has no more than 65535.
  const [least, most] = [ipv6 ? 1280 : 68, 65_535];
  if (mtu !== undefined && !(/^\d{1,6}$/.test(mtu) && Number(mtu) >= least && Number(mtu) <= most)) {
    throw fail(`failed to parse ${MTU} value: ${mtu}`, `${least} to ${most}`);
  }
  if (bridge !== undefined && !isInterfaceName(bridge)) {
    throw fail(
      `option "${BRIDGE}": "${bridge}" is no name for an interface`,
      'up to 15 letters, digits, ".", "_", "-"',
    );
  }
  return { ...(mtu === undefined ? {} : { mtu: Number(mtu) }), ...(bridge === undefined ? {} : { bridge }) };
}

/**
 * The kernel takes more, dev_valid_name(), but makes a number of `%d`; and what is set for an interface `all` or `default` in
 * /proc/sys/net is set for all others.
 */
function isInterfaceName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/.test(name) && !['all', 'default', 'lo'].includes(name);
}
