/** Containers of one network know each other by name, from before they run until they have ended. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineContext } from '../context.ts';
import { addHost, hostsLine, removeHost } from './hosts-file.ts';
import type { Endpoint, Member } from './member.ts';

/** What a container's /etc/hosts is before it is on any network. */
export const HOSTS_BASE = 'hosts.base';
/** hosts(5): a host that has no address of its own calls itself so. */
export const NO_ADDRESS = '127.0.1.1';

/** Its own /etc/hosts, written anew, with its own addresses and all neighbours. */
export function writeHosts(context: EngineContext, member: Member, others: readonly Member[]): void {
  const directory = context.containers.directory(member.id);
  const base = readFileSync(join(directory, HOSTS_BASE), 'utf8').split('\n');
  const addresses = member.endpoints.flatMap(plainAddresses);
  const own = base.flatMap((line) => {
    const names = line.startsWith(`${NO_ADDRESS}\t`) ? line.slice(NO_ADDRESS.length) : undefined;
    return names === undefined ? [line] : addresses.map((address) => `${address}${names}`);
  });
  const text = [...own.filter((line) => line !== ''), ...linesFor(member, others)].map((line) => `${line}\n`);
  // In place: it is bound into the container.
  writeFileSync(join(directory, 'hosts'), text.join(''), { mode: 0o644 });
}

/** @param networks those it has come to; all of its own where left out */
export function greet(context: EngineContext, member: Member, others: readonly Member[]): void {
  for (const other of others) {
    for (const line of linesFor(other, [member])) addHost(hostsOf(context, other), line);
  }
}

export function takeLeave(context: EngineContext, member: Member, others: readonly Member[]): void {
  for (const other of others) {
    for (const line of linesFor(other, [member])) removeHost(hostsOf(context, other), line);
  }
}

/** What changes for it where it comes to one more network. */
export function meet(context: EngineContext, member: Member, others: readonly Member[]): void {
  for (const line of linesFor(member, others)) addHost(hostsOf(context, member), line);
}

export function part(context: EngineContext, member: Member, others: readonly Member[]): void {
  for (const line of linesFor(member, others)) removeHost(hostsOf(context, member), line);
}

export function plainAddresses({ addresses }: Endpoint): string[] {
  return addresses.map((cidr) => cidr.replace(/\/.*$/, ''));
}

/** Of those that `reader` has a network with. */
function linesFor(reader: Member, others: readonly Member[]): string[] {
  const networks = new Set(reader.endpoints.map(({ network }) => network));
  return others
    .filter(({ id }) => id !== reader.id)
    .flatMap(({ endpoints }) => endpoints.filter(({ network, names }) => networks.has(network) && names.length > 0))
    .flatMap((endpoint) => plainAddresses(endpoint).map((address) => hostsLine(address, endpoint.names)));
}

function hostsOf(context: EngineContext, { id }: Member): string {
  return join(context.containers.directory(id), 'hosts');
}
