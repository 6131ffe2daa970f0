/** Addresses of interfaces as rtnetlink(7) messages, struct ifaddrmsg. Pure. */
import { AF } from '../../../syscall/index.ts';
import { type CIDR, formatCIDR } from '../cidr.ts';
import { formatAddress } from '../ip-address.ts';
import { attribute, raw, u32 } from '../netlink/attributes.ts';
import type { NetlinkMessage } from '../netlink/message.ts';
import { IFA, IFA_F, RTM } from './families.ts';

/** One that is there already stays. */
export function newAddress(index: number, cidr: CIDR, why: string): NetlinkMessage {
  const { address, bits } = cidr;
  const family = address.length === 16 ? 'AF_INET6' : 'AF_INET';
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, AF[family]);
  view.setUint8(1, bits);
  view.setUint32(4, index, true);
  const value = raw(address, formatAddress(address));
  return {
    name: 'RTM_NEWADDR',
    type: RTM.RTM_NEWADDR,
    flags: ['NLM_F_CREATE', 'NLM_F_EXCL'],
    header: { bytes, text: `{ifa_family=${family}, ifa_prefixlen=${bits}, ifa_index=${index}}` },
    attributes: [
      attribute(IFA, 'IFA_LOCAL', value),
      attribute(IFA, 'IFA_ADDRESS', value),
      // Nobody else can have it: we gave it out ourselves.
      ...(family === 'AF_INET6' ? [attribute(IFA, 'IFA_FLAGS', u32(IFA_F.IFA_F_NODAD))] : []),
    ],
    why: `${why}: ${formatCIDR(cidr)}`,
    allow: ['EEXIST'],
  };
}
