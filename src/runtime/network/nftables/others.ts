/** What others' rules do to forwarded packets: a chain with a policy to drop undoes what ours accept. */

import { parseAttributes } from '../netlink/attributes.ts';
import { NetlinkConnection } from '../netlink/connection.ts';
import type { ParsedMessage } from '../netlink/message.ts';
import { NF_INET, NFPROTO, NFTA_CHAIN, NFTA_HOOK, VERDICT } from './families.ts';
import { nftMessage } from './objects.ts';

export interface ForeignChain {
  /** As nft(8) names it: `inet`, `ip`, `ip6`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** Base chains of the forward hook, in other tables than ours, that drop what none of their rules accepts. @throws NetlinkError */
export function foreignDrops(ours: string): ForeignChain[] {
  using connection = NetlinkConnection.open('NETLINK_NETFILTER');
  const question = {
    ...nftMessage('NFT_MSG_GETCHAIN', [], []),
    header: { bytes: Uint8Array.of(NFPROTO.NFPROTO_UNSPEC, 0, 0, 0), text: '{nfgen_family=NFPROTO_UNSPEC}' },
    why: 'what is there',
  };
  return connection
    .dump(question)
    .flatMap((answer) => dropping(answer) ?? [])
    .filter(({ table }) => table !== ours);
}

export function dropping({ payload }: ParsedMessage): ForeignChain | undefined {
  const attributes = parseAttributes(payload.subarray(HEADER));
  const hook = attributes.get(NFTA_CHAIN.NFTA_CHAIN_HOOK);
  const policy = attributes.get(NFTA_CHAIN.NFTA_CHAIN_POLICY);
  if (hook === undefined || policy === undefined || numberOf(policy) !== VERDICT.NF_DROP) return undefined;
  const number = parseAttributes(hook).get(NFTA_HOOK.NFTA_HOOK_HOOKNUM);
  const family = families[payload[0] ?? 0];
  if (number === undefined || numberOf(number) !== NF_INET.NF_INET_FORWARD || family === undefined) return undefined;
  return {
    family,
    table: textOf(attributes.get(NFTA_CHAIN.NFTA_CHAIN_TABLE)),
    chain: textOf(attributes.get(NFTA_CHAIN.NFTA_CHAIN_NAME)),
  };
}

const families: Readonly<Record<number, string>> = {
  [NFPROTO.NFPROTO_INET]: 'inet',
  [NFPROTO.NFPROTO_IPV4]: 'ip',
  [NFPROTO.NFPROTO_IPV6]: 'ip6',
};

/** struct nfgenmsg. */
const HEADER = 4;

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? [])
    .toString('utf8')
    .replace(/\0.*$/s, '');
}
