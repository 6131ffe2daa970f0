/**
 * The rules of a store's networks, in a table of their own, as nft(8) would list them in docs/design/0015-rules-of-one-size.md:
 * sets and maps say what there is, so that the rules are as many for a thousand containers as for one. Pure.
 */
import type { NetlinkMessage } from '../netlink/message.ts';
import {
  accept,
  compare,
  connection,
  destinationNAT,
  drop,
  type Expression,
  jump,
  lookup,
  masquerade,
  meta,
  onlyFamily,
  payload,
  toThisHost,
} from './expressions.ts';
import { CT_STATE, IPS } from './families.ts';
import { newChain, newRule, newSet, newTable, type SetDefinition } from './objects.ts';

/** What there is: what the sets are named by. */
export const sets = {
  /** Interfaces of all networks. */
  bridges: 'bridges',
  /** Each of them twice: from a network to itself. */
  same: 'same-network',
  /** The same by their subnets: who calls whom. */
  within4: 'within4',
  within6: 'within6',
  /** Those of the networks that nothing goes out of or into. */
  internal: 'internal',
  /** Ports of all of the host's addresses, and of one of them. */
  any4: 'ports4',
  any6: 'ports6',
  bound4: 'bound-ports4',
  bound6: 'bound-ports6',
} as const;

const definitions: readonly SetDefinition[] = [
  { name: sets.bridges, key: ['ifname'], why: 'the networks there are' },
  { name: sets.same, key: ['ifname', 'ifname'], why: 'from a network to itself' },
  { name: sets.within4, key: ['ipv4_addr', 'ipv4_addr'], interval: true, why: 'from a subnet to itself' },
  { name: sets.within6, key: ['ipv6_addr', 'ipv6_addr'], interval: true, why: 'from a subnet to itself' },
  { name: sets.internal, key: ['ifname'], why: 'the networks that are closed to the outside' },
  {
    name: sets.bound4,
    key: ['ipv4_addr', 'inet_proto', 'inet_service'],
    data: ['ipv4_addr', 'inet_service'],
    why: 'ports published at one address',
  },
  { name: sets.any4, key: ['inet_proto', 'inet_service'], data: ['ipv4_addr', 'inet_service'], why: 'published ports' },
  {
    name: sets.bound6,
    key: ['ipv6_addr', 'inet_proto', 'inet_service'],
    data: ['ipv6_addr', 'inet_service'],
    why: 'ports published at one address',
  },
  { name: sets.any6, key: ['inet_proto', 'inet_service'], data: ['ipv6_addr', 'inet_service'], why: 'published ports' },
];

/** linux/netfilter_ipv4.h: the priorities that nft(8) calls raw, dstnat, srcnat, filter. */
const priorities = { raw: -300, dstnat: -100, filter: 0, srcnat: 100 } as const;

const incoming = (set: string, inverted?: true) => [
  meta('NFT_META_IIFNAME'),
  lookup(set, inverted === undefined ? {} : { inverted }),
];
const outgoing = (set: string, inverted?: true) => [
  meta('NFT_META_OIFNAME'),
  lookup(set, inverted === undefined ? {} : { inverted }),
];
const withinNetwork = [meta('NFT_META_IIFNAME'), meta('NFT_META_OIFNAME', 4), lookup(sets.same)];
const redirected = connection('NFT_CT_STATUS', IPS.IPS_DST_NAT);

/** iph->saddr and iph->daddr; struct ipv6hdr's; both ports of TCP, UDP and SCTP lie in the same place. */
const at = {
  source4: { offset: 12, length: 4 },
  destination4: { offset: 16, length: 4 },
  destination6: { offset: 24, length: 16 },
  /** Both addresses, one behind the other. */
  addresses4: { offset: 12, length: 8 },
  addresses6: { offset: 8, length: 32 },
  destinationPort: { offset: 2, length: 2 },
} as const;

/** 127.0.0.0/8 */
const loopback = (where: 'source4' | 'destination4') => [
  ...onlyFamily(4),
  payload('network', { ...at[where], length: 1 }),
  compare(0, Uint8Array.of(127)),
];

/** Registers: one for the address where there is one in the key, one for the protocol, one for the port. */
const publishedAt = (family: 4 | 6, set: string, isBound: boolean): Expression[] => {
  const words = isBound ? (family === 4 ? 1 : 4) : 0;
  const address = isBound ? [payload('network', family === 4 ? at.destination4 : at.destination6, 0)] : [];
  return [
    ...onlyFamily(family),
    ...address,
    meta('NFT_META_L4PROTO', words),
    payload('transport', at.destinationPort, words + 1),
    lookup(set, { into: 8 }),
    destinationNAT(family, { address: 8, port: family === 4 ? 9 : 12 }),
  ];
};

/** All that doesn't depend on what there is. In one transaction. */
export function planTable(table: string): NetlinkMessage[] {
  const rule = (chain: string, why: string, ...expressions: readonly Expression[]) =>
    newRule(table, chain, { expressions, why });
  const nat = (hook: 'NF_INET_PRE_ROUTING' | 'NF_INET_LOCAL_OUT' | 'NF_INET_POST_ROUTING', priority: number) => ({
    type: 'nat' as const,
    hook,
    priority,
  });
  return [
    newTable(table, 'rules of our own, apart from everybody else’s'),
    ...definitions.map((definition, index) => newSet(table, index + 1, definition)),

    newChain(table, 'raw', {
      hook: { type: 'filter', hook: 'NF_INET_PRE_ROUTING', priority: priorities.raw },
      why: 'before anything is redirected',
    }),
    rule(
      'raw',
      "the host's loopback is no container's business",
      ...incoming(sets.bridges),
      ...loopback('destination4'),
      drop,
    ),

    newChain(table, 'published', { why: 'where a published port is' }),
    rule('published', 'a port of one address', ...publishedAt(4, sets.bound4, true)),
    rule('published', 'a port of every address', ...publishedAt(4, sets.any4, false)),
    rule('published', 'the same of IPv6', ...publishedAt(6, sets.bound6, true)),
    // Nothing that leaves the host can have the source ::1, and there is no route_localnet for it.
    rule(
      'published',
      'the same of IPv6, but for ::1, which goes nowhere else',
      ...onlyFamily(6),
      payload('network', at.destination6),
      compare(0, Uint8Array.of(...new Array<number>(15).fill(0), 1), 'NFT_CMP_NEQ'),
      ...publishedAt(6, sets.any6, false).slice(2),
    ),
    newChain(table, 'from-outside', {
      hook: nat('NF_INET_PRE_ROUTING', priorities.dstnat),
      why: 'what comes from outside and from containers',
    }),
    rule('from-outside', 'for an address of this host', ...toThisHost(), jump('published')),
    newChain(table, 'from-host', {
      hook: nat('NF_INET_LOCAL_OUT', priorities.dstnat),
      why: 'what comes from this host',
    }),
    rule('from-host', 'for an address of its own', ...toThisHost(), jump('published')),

    newChain(table, 'leaving', {
      hook: nat('NF_INET_POST_ROUTING', priorities.srcnat),
      why: 'who it seems to come from',
    }),
    ...([4, 6] as const).map((family) =>
      rule(
        'leaving',
        'a container that calls its own network by the host: the answer must come by the host, too',
        ...redirected,
        ...onlyFamily(family),
        payload('network', family === 4 ? at.addresses4 : at.addresses6),
        lookup(family === 4 ? sets.within4 : sets.within6),
        masquerade,
      ),
    ),
    rule(
      'leaving',
      "127.0.0.1 is another one's in the container",
      ...loopback('source4'),
      ...outgoing(sets.bridges),
      masquerade,
    ),
    rule(
      'leaving',
      'nobody outside knows the way to a container',
      ...incoming(sets.bridges),
      ...outgoing(sets.bridges, true),
      masquerade,
    ),

    newChain(table, 'forward', {
      hook: { type: 'filter', hook: 'NF_INET_FORWARD', priority: priorities.filter },
      why: 'who may reach whom',
    }),
    rule(
      'forward',
      'what belongs to a connection',
      ...connection('NFT_CT_STATE', CT_STATE.ESTABLISHED | CT_STATE.RELATED),
      accept,
    ),
    rule('forward', 'an internal network: nothing goes out', ...incoming(sets.internal), ...differs(), drop),
    rule('forward', 'nor in', ...outgoing(sets.internal), ...differs(), drop),
    rule('forward', 'a published port', ...outgoing(sets.bridges), ...redirected, accept),
    rule('forward', 'containers of one network', ...withinNetwork, accept),
    rule('forward', 'neither another network nor a port that is not published', ...outgoing(sets.bridges), drop),
  ];
}

/** From one network to anything but itself. */
function differs(): Expression[] {
  return [meta('NFT_META_IIFNAME'), meta('NFT_META_OIFNAME', 4), lookup(sets.same, { inverted: true })];
}
