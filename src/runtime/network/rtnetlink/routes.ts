/** Routes as rtnetlink(7) messages, struct rtmsg. Pure. */
import { AF } from '../../../syscall/index.ts';
import { type CIDR, formatCIDR } from '../cidr.ts';
import { formatAddress } from '../ip-address.ts';
import { attribute, parseAttributes, raw, u32 } from '../netlink/attributes.ts';
import type { NetlinkMessage, ParsedMessage } from '../netlink/message.ts';
import { RT_SCOPE, RT_TABLE, RTA, RTM, RTN, RTPROT } from './families.ts';

export interface Route {
  /** Of the default route 0 bits of zeros. */
  readonly destination: CIDR;
  /** Index of the interface; undefined for none or several. */
  readonly interface: number | undefined;
  /** The lower, the sooner. */
  readonly metric: number;
}

export interface NewRoute {
  /** Everything, where left out. */
  readonly destination?: CIDR;
  /** A router's address; undefined for what is on the link itself. */
  readonly gateway?: Uint8Array;
  readonly interface: number;
  /** For the default route without a gateway. */
  readonly family?: 4 | 6;
}

/** One that is there already is replaced. */
export function newRoute({ destination, gateway, interface: index, family }: NewRoute, why: string): NetlinkMessage {
  const isIPv6 = family === 6 || (destination?.address ?? gateway)?.length === 16;
  const scope = gateway === undefined && !isIPv6 ? 'RT_SCOPE_LINK' : 'RT_SCOPE_UNIVERSE';
  const bytes = new Uint8Array(HEADER);
  bytes.set([
    isIPv6 ? AF.AF_INET6 : AF.AF_INET,
    destination?.bits ?? 0,
    0,
    0,
    RT_TABLE.RT_TABLE_MAIN,
    RTPROT.RTPROT_STATIC,
    RT_SCOPE[scope],
    RTN.RTN_UNICAST,
  ]);
  const header = `{rtm_family=${isIPv6 ? 'AF_INET6' : 'AF_INET'}, rtm_dst_len=${destination?.bits ?? 0}, rtm_table=RT_TABLE_MAIN, rtm_protocol=RTPROT_STATIC, rtm_scope=${scope}, rtm_type=RTN_UNICAST}`;
  return {
    name: 'RTM_NEWROUTE',
    type: RTM.RTM_NEWROUTE,
    flags: ['NLM_F_CREATE', 'NLM_F_REPLACE'],
    header: { bytes, text: header },
    attributes: [
      ...(destination === undefined
        ? []
        : [attribute(RTA, 'RTA_DST', raw(destination.address, formatCIDR(destination)))]),
      ...(gateway === undefined ? [] : [attribute(RTA, 'RTA_GATEWAY', raw(gateway, formatAddress(gateway)))]),
      attribute(RTA, 'RTA_OIF', u32(index)),
    ],
    why,
  };
}

/** Of both families, to be asked by a dump. */
export const getRoutes: NetlinkMessage = {
  name: 'RTM_GETROUTE',
  type: RTM.RTM_GETROUTE,
  flags: [],
  header: { bytes: new Uint8Array(12), text: '{rtm_family=AF_UNSPEC}' },
  attributes: [],
  why: 'what is there',
};

/** @returns undefined for one to the host itself, which says nothing of others' addresses */
export function parseRoute({ payload }: ParsedMessage): Route | undefined {
  const [family, bits = 0] = payload;
  const attributes = parseAttributes(payload.subarray(HEADER));
  const table = numberOf(attributes.get(RTA.RTA_TABLE)) ?? payload[4];
  if (table === RT_TABLE.RT_TABLE_LOCAL || (family !== AF.AF_INET && family !== AF.AF_INET6)) return undefined;
  const zeros = new Uint8Array(family === AF.AF_INET ? 4 : 16);
  return {
    destination: { address: Uint8Array.from(attributes.get(RTA.RTA_DST) ?? zeros), bits },
    interface: numberOf(attributes.get(RTA.RTA_OIF)),
    metric: numberOf(attributes.get(RTA.RTA_PRIORITY)) ?? 0,
  };
}

/** struct rtmsg. */
const HEADER = 12;

function numberOf(bytes: Uint8Array | undefined): number | undefined {
  return bytes === undefined || bytes.length < 4
    ? undefined
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
}
