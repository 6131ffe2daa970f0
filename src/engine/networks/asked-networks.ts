/**
 * What --network and its like ask for. Pure.
 *
 *   network  ::= name | pair ("," pair)*
 *   pair     ::= "name=" name | "alias=" name | "ip=" IPv4 | "ip6=" IPv6 | "mac-address=" mac
 */
import { GockerError } from '../../errors/index.ts';
import { parseAddress } from '../../runtime/index.ts';
import type { NetworkOptions } from '../options/network-options.ts';
import { optionError } from '../options/option-error.ts';

export interface AskedNetworks {
  /** Of the namespace: `none`, `host`, `container:X`, or the first network's name. */
  readonly mode: string;
  /** None for those three. */
  readonly networks: readonly AskedNetwork[];
}

export interface AskedNetwork {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly ip?: string;
  readonly ip6?: string;
  readonly mac?: string;
}

/**
 * @param otherwise the network where none is asked for
 * @throws GockerError `NETWORK_INVALID`, `NETWORK_CONFLICT`
 */
export function readAskedNetworks(options: NetworkOptions, otherwise: string): AskedNetworks {
  const { network = otherwise, networkAliases = [], ip, ip6, macAddress } = options;
  const texts = typeof network === 'string' ? [network] : network;
  const given = (texts.length === 0 ? [otherwise] : texts).map((text) => readNetwork(text === '' ? otherwise : text));
  const [first = { name: otherwise, aliases: [] }, ...others] = given;
  const extras = { ip: check('--ip', ip), ip6: check('--ip6', ip6), mac: checkMAC('--mac-address', macAddress) };
  const named = { ...first, ...defined(extras), aliases: [...first.aliases, ...networkAliases] };
  const isOwn = ({ name }: AskedNetwork) => name !== 'none' && name !== 'host' && !name.startsWith('container:');
  if (!isOwn(named)) {
    if (others.length > 0) {
      throw conflict(
        'cannot attach both user-defined and non-user-defined network-modes',
        'Give either one of host, none and container:ID, or networks.',
      );
    }
    if (named.ip !== undefined || named.ip6 !== undefined || named.aliases.length > 0) {
      throw conflict(
        `addresses and aliases, and the network mode ${named.name}`,
        'Leave out --ip, --ip6 and --network-alias, or take a network of your own: gocker network create.',
      );
    }
    return { mode: named.name, networks: [] };
  }
  const all = [named, ...others];
  const stranger = all.find((one) => !isOwn(one));
  if (stranger !== undefined) {
    throw conflict(
      'cannot attach both user-defined and non-user-defined network-modes',
      `Leave out --network ${stranger.name}.`,
    );
  }
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw conflict(`network "${twice.name}" is specified multiple times`, 'Name each network once.');
  for (const { name, ip: address, ip6: address6, aliases } of all) checkDefault(name, { address, address6, aliases });
  return { mode: named.name, networks: all };
}

/** As docker has it: addresses and names on the default network are nobody's to choose. */
function checkDefault(
  name: string,
  asked: { address: string | undefined; address6: string | undefined; aliases: readonly string[] },
): void {
  if (name !== 'bridge') return;
  const hint = 'Make a network of your own: gocker network create NAME.';
  if (asked.address !== undefined || asked.address6 !== undefined) {
    throw new GockerError('NETWORK_CONFLICT', 'user specified IP address is supported on user defined networks only', {
      hint,
    });
  }
  if (asked.aliases.length > 0) {
    throw new GockerError(
      'NETWORK_CONFLICT',
      'network-scoped alias is supported only for containers in user defined networks',
      { hint },
    );
  }
}

function readNetwork(text: string): AskedNetwork {
  const name = (word: string) => (word === 'default' ? 'bridge' : word);
  if (!text.includes('=')) return { name: name(text), aliases: [] };
  const fail = (is: string) =>
    optionError({
      code: 'NETWORK_INVALID',
      flag: '--network',
      value: text,
      is,
      expected: 'such as net, or name=net,alias=db,ip=172.30.0.5',
    });
  const pairs = text.split(',').map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw fail(`invalid field ${pair}`);
    return [pair.slice(0, equals).toLowerCase(), pair.slice(equals + 1)] as const;
  });
  const known = ['name', 'alias', 'ip', 'ip6', 'mac-address'];
  const unknown = pairs.find(([key]) => !known.includes(key));
  if (unknown !== undefined) throw fail(`invalid field key ${unknown[0]}`);
  const last = (key: string) => pairs.findLast(([one]) => one === key)?.[1];
  const wanted = last('name');
  if (wanted === undefined || wanted === '') throw fail('network name/id is not specified');
  return {
    name: name(wanted),
    aliases: pairs.filter(([key]) => key === 'alias').map(([, value]) => value),
    ...defined({
      ip: check('--network', last('ip')),
      ip6: check('--network', last('ip6')),
      mac: checkMAC('--network', last('mac-address')),
    }),
  };
}

function check(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || parseAddress(text) !== undefined) return text;
  throw optionError({
    code: 'NETWORK_INVALID',
    flag,
    value: text,
    is: 'it is no IP address',
    expected: 'such as 172.30.0.5',
  });
}

function checkMAC(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isMAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text);
  const normal = text.toLowerCase().replaceAll('-', ':');
  // The lowest bit of the first byte is for groups.
  if (isMAC && Number.parseInt(normal.slice(0, 2), 16) % 2 === 0) return normal;
  throw optionError({
    code: 'NETWORK_INVALID',
    flag,
    value: text,
    is: isMAC ? 'it is the address of a group' : `${text} is not a valid mac address`,
    expected: 'such as 02:42:ac:11:00:02',
  });
}

function defined<T extends Readonly<Record<string, string | undefined>>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

function conflict(what: string, hint: string): GockerError {
  return new GockerError('NETWORK_CONFLICT', `conflicting options: ${what}`, { hint });
}
