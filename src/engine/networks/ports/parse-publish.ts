/**
 * What docker takes after -p:
 *
 *   publish   ::= [[address] ":"] [hosts] ":" containers | containers
 *   hosts     ::= range                                 0, or nothing: a free one
 *   containers::= range ["/" protocol]
 *   range     ::= port ["-" port]
 *   address   ::= IPv4 | IPv6 | "[" IPv6 "]"
 *   protocol  ::= "tcp" | "udp" | "sctp"                tcp where it is left out
 *
 * Ranges on both sides are as long as each other, and go port by port; of a range for one port of the container, any free one
 * is taken. And the long form:
 *
 *   publish   ::= pair ("," pair)*
 *   pair      ::= "target=" range | "published=" range | "protocol=" protocol | "mode=" ("host" | "ingress")
 */

import type { GockerError } from '../../../errors/index.ts';
import { formatAddress, parseAddress } from '../../../runtime/index.ts';
import { optionError } from '../../options/option-error.ts';
import type { PortProtocol } from '../member.ts';
import { formatHostPort, formatPort, type PortMapping } from './port-mapping.ts';

const protocols: readonly PortProtocol[] = ['tcp', 'udp', 'sctp'];
const forms = 'such as 8080:80, 127.0.0.1:8080:80/tcp or 80';
const numbers = 'a number from 1 to 65535, or two with "-" between them';

/** @throws GockerError `PORT_INVALID`, `PORT_TWICE` */
export function parsePublish(texts: readonly string[]): readonly PortMapping[] {
  const mappings = new Map(texts.flatMap(parse).map((mapping) => [JSON.stringify(mapping), mapping]));
  const all = [...mappings.values()];
  checkTwice(all);
  return all;
}

function parse(text: string): PortMapping[] {
  const short = text.includes('=') ? shorten(text) : text;
  const parts = short.split(':');
  const [inside, protocolText] = cut(parts.pop() ?? '', '/');
  const hosts = parts.pop() ?? '';
  const protocol = readProtocol(text, protocolText);
  const hostIP = readAddress(text, parts.join(':'), parts.length > 0);
  if (inside === '') throw fault(text, 'no port specified', forms);
  const containers = readRange(inside);
  if (containers === undefined || containers[0] === 0) throw fault(text, `invalid containerPort: ${inside}`, numbers);
  const [first, last] = containers;
  const common = { hostIP, protocol };
  if (hosts === '' || /^0+$/.test(hosts)) return through(first, last, (port) => ({ ...common, ...at(0, port) }));
  const host = readRange(hosts);
  if (host === undefined || host[0] === 0) throw fault(text, `invalid hostPort: ${hosts}`, numbers);
  const [firstHost, lastHost] = host;
  if (lastHost - firstHost === last - first) {
    return through(first, last, (port) => ({ ...common, ...at(firstHost + port - first, port) }));
  }
  if (first === last) return [{ ...common, ...at(firstHost, first), hostPortEnd: lastHost }];
  const is = `invalid ranges specified for container and host Ports: ${inside} and ${hosts}`;
  throw fault(text, is, 'two of the same length');
}

/** The long form, as the short one. */
function shorten(text: string): string {
  const given = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [key, value] = cut(pair, '=');
    if (key === '' || !pair.includes('=')) {
      const is = `invalid publish opts format (should be name=value but got '${pair}')`;
      throw fault(text, is, 'such as target=80,published=8080');
    }
    if (!['target', 'published', 'protocol', 'mode'].includes(key)) {
      throw fault(text, `it has an unknown key ${JSON.stringify(key)}`, 'target, published, protocol or mode');
    }
    if (key === 'mode' && value !== 'host' && value !== 'ingress') {
      throw fault(text, `its mode is ${JSON.stringify(value)}`, 'host or ingress');
    }
    given.set(key, value);
  }
  return `${given.get('published') ?? ''}:${given.get('target') ?? ''}/${given.get('protocol') ?? 'tcp'}`;
}

function readProtocol(text: string, word: string): PortProtocol {
  const wanted = word === '' ? 'tcp' : word.toLowerCase();
  const found = protocols.find((protocol) => protocol === wanted);
  if (found !== undefined) return found;
  throw fault(text, `invalid proto: ${wanted}`, protocols.join(', '));
}

function readAddress(text: string, given: string, isGiven: boolean): string {
  if (!isGiven || given === '') return '';
  const inside = /^\[(.+)\]$/.exec(given)?.[1];
  const isBracketed = inside?.includes(':') === true;
  const address = parseAddress(isBracketed ? inside : given);
  if (address !== undefined) return formatAddress(address);
  throw fault(text, `invalid IP address: ${given}`, 'such as 127.0.0.1 or [::1]; names are not looked up');
}

/** Undefined for what is none: no number, too large, or backwards. */
export function readRange(text: string): readonly [number, number] | undefined {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const [low, high] = [Number(first), Number(last)];
  return low <= high && high <= 65_535 ? [low, high] : undefined;
}

function through<T>(first: number, last: number, make: (port: number) => T): T[] {
  return Array.from({ length: last - first + 1 }, (_, index) => make(first + index));
}

function at(hostPort: number, containerPort: number) {
  return { hostPort, containerPort };
}

/** One port of the host can't lead to two places; where any of several will do, others can have the rest. */
function checkTwice(mappings: readonly PortMapping[]): void {
  const fixed = new Map<string, PortMapping[]>();
  for (const mapping of mappings) {
    if (mapping.hostPort === 0 || mapping.hostPortEnd !== undefined) continue;
    const key = `${mapping.hostPort}/${mapping.protocol}`;
    const others = fixed.get(key) ?? [];
    const other = others.find(({ hostIP }) => overlaps(hostIP, mapping.hostIP));
    if (other !== undefined) throw twice(mapping, other);
    fixed.set(key, [...others, mapping]);
  }
}

function overlaps(one: string, other: string): boolean {
  if (one === '' || other === '' || one === other) return true;
  if (one.includes(':') !== other.includes(':')) return false;
  return [one, other].some((address) => address === '0.0.0.0' || address === '::');
}

function twice(mapping: PortMapping, other: PortMapping): GockerError {
  const [here, there] = [mapping, other].map((one) => formatHostPort({ ...one, hostIP: one.hostIP || '0.0.0.0' }));
  return optionError({
    code: 'PORT_TWICE',
    flag: '--publish',
    value: `${here}`.replace(/\/\w+$/, `:${formatPort(mapping)}`),
    is: `port is already allocated: ${there} is for ${formatPort(other)}`,
    expected: 'each port of the host once',
    hint: 'Take another port of the host for one of them, or name the address of each.',
  });
}

function cut(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function fault(value: string, is: string, expected: string): GockerError {
  const hint = `Write it as [[ip:]hostPort:]containerPort[/protocol]: ${forms}.`;
  return optionError({ code: 'PORT_INVALID', flag: '--publish', value, is, expected, hint });
}
