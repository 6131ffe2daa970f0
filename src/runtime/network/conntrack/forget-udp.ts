/**
 * Connections that the kernel remembers, nfnetlink conntrack: linux/netfilter/nfnetlink_conntrack.h. UDP has no end that it could see,
 * so that whoever goes on sending goes on being led to where the port was.
 */
import { attribute, parseAttributes, raw } from '../netlink/attributes.ts';
import { NetlinkConnection } from '../netlink/connection.ts';
import type { NetlinkMessage } from '../netlink/message.ts';

/** NFNL_SUBSYS_CTNETLINK, in the type's upper byte. */
const SUBSYSTEM = 1 << 8;
const IPCTNL_MSG_CT = { IPCTNL_MSG_CT_GET: 1, IPCTNL_MSG_CT_DELETE: 2 } as const;
const CTA = { CTA_TUPLE_ORIG: 1 } as const;
const CTA_TUPLE_PROTO = 2;
const CTA_PROTO = { NUM: 1, DST_PORT: 3 } as const;
const UDP = 17;
const NFPROTO_IPV4 = 2;
const NFPROTO_IPV6 = 10;
/** struct nfgenmsg. */
const HEADER = 4;

/** Of all that began with a packet to one of these ports. @throws NetlinkError */
export function forgetUDP(ports: ReadonlySet<number>): void {
  if (ports.size === 0) return;
  using connection = NetlinkConnection.open('NETLINK_NETFILTER');
  for (const family of [NFPROTO_IPV4, NFPROTO_IPV6]) {
    const tuples = connection.dump(message('IPCTNL_MSG_CT_GET', family)).flatMap(({ payload }) => {
      const tuple = parseAttributes(payload.subarray(HEADER)).get(CTA.CTA_TUPLE_ORIG);
      return tuple !== undefined && ports.has(udpPortOf(tuple) ?? -1) ? [tuple] : [];
    });
    connection.request(tuples.map((tuple) => message('IPCTNL_MSG_CT_DELETE', family, tuple)));
  }
}

/** Where its first packet went; undefined for what is not UDP. */
export function udpPortOf(tuple: Uint8Array): number | undefined {
  const protocol = parseAttributes(parseAttributes(tuple).get(CTA_TUPLE_PROTO) ?? new Uint8Array());
  const [number] = protocol.get(CTA_PROTO.NUM) ?? [];
  const [high, low] = protocol.get(CTA_PROTO.DST_PORT) ?? [];
  return number !== UDP || high === undefined || low === undefined ? undefined : (high << 8) | low;
}

/** @param tuple what the kernel said of it, as it is */
function message(name: keyof typeof IPCTNL_MSG_CT, family: number, tuple?: Uint8Array): NetlinkMessage {
  return {
    name,
    type: SUBSYSTEM | IPCTNL_MSG_CT[name],
    flags: [],
    header: {
      bytes: Uint8Array.of(family, 0, 0, 0),
      text: `{nfgen_family=${family === NFPROTO_IPV4 ? 'NFPROTO_IPV4' : 'NFPROTO_IPV6'}}`,
    },
    attributes: tuple === undefined ? [] : [attribute(CTA, 'CTA_TUPLE_ORIG', raw(tuple))],
    why: 'its port leads elsewhere now',
    // It has ended meanwhile.
    allow: ['ENOENT'],
  };
}
