/** rtnetlink messages on annotated bytes: linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h. */
import { expect, test } from 'vitest';
import { encodeMessage, type NetlinkMessage, parseMessages } from '../../../../src/runtime/network/netlink/message.ts';
import { newAddress } from '../../../../src/runtime/network/rtnetlink/addresses.ts';
import {
  deleteLink,
  hairpin,
  linkUp,
  newBridge,
  newVethPair,
  parseLink,
} from '../../../../src/runtime/network/rtnetlink/links.ts';
import { newRoute, parseRoute } from '../../../../src/runtime/network/rtnetlink/routes.ts';

/** Where a number is wider than a byte, rtnetlink has it in the host's order, nf_tables in the network's. */
test.each<readonly [string, NetlinkMessage, readonly string[]]>([
  [
    'newBridge() is a link of kind bridge with a hardware address',
    newBridge('gocker0', '02:42:ac:11:00:01'),
    [
      '48000000 10000106 07000000 00000000', // nlmsghdr: 72 bytes, RTM_NEWLINK, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_EXCL, sequence 7
      '00000000 00000000 00000000 00000000', // {ifi_index=0}
      '0c000300 676f636b 65723000', // IFLA_IFNAME "gocker0"
      '0a000100 0242ac11 00010000', // IFLA_ADDRESS 02:42:ac:11:00:01
      '10001280', // IFLA_LINKINFO, 16 bytes, nested
      '0b000100 62726964 67650000', //   IFLA_INFO_KIND "bridge"
    ],
  ],
  [
    'newVethPair() makes both ends in one message, the peer in another namespace',
    newVethPair({
      hostName: 'gk0123',
      master: 5,
      mtu: 1500,
      peer: { name: 'eth0', mac: '02:42:ac:11:00:02', namespace: 9 },
    }),
    [
      '8c000000 10000106 07000000 00000000', // nlmsghdr: 140 bytes, RTM_NEWLINK, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_EXCL, sequence 7
      '00000000 00000000 01000000 01000000', // {ifi_index=0, ifi_flags=IFF_UP, ifi_change=IFF_UP}
      '0b000300 676b3031 32330000', // IFLA_IFNAME "gk0123"
      '08000400 dc050000', // IFLA_MTU 1500
      '08000a00 05000000', // IFLA_MASTER 5
      '50001280', // IFLA_LINKINFO, 80 bytes, nested
      '09000100 76657468 00000000', //   IFLA_INFO_KIND "veth"
      '40000280', //   IFLA_INFO_DATA, 64 bytes, nested
      '3c000180', //     VETH_INFO_PEER, 60 bytes, nested
      '00000000 00000000 00000000 00000000', //       {ifi_index=0}
      '09000300 65746830 00000000', //       IFLA_IFNAME "eth0"
      '0a000100 0242ac11 00020000', //       IFLA_ADDRESS 02:42:ac:11:00:02
      '08000400 dc050000', //       IFLA_MTU 1500
      '08001c00 09000000', //       IFLA_NET_NS_FD 9
    ],
  ],
  [
    'hairpin() lets a bridge’s port send back what came by it',
    hairpin('gk0123'),
    [
      '48000000 10000100 07000000 00000000', // nlmsghdr: 72 bytes, RTM_NEWLINK, NLM_F_REQUEST, sequence 7
      '00000000 00000000 00000000 00000000', // {ifi_index=0}
      '0b000300 676b3031 32330000', // IFLA_IFNAME "gk0123"
      '1c001280', // IFLA_LINKINFO, 28 bytes, nested
      '0b000400 62726964 67650000', //   IFLA_INFO_SLAVE_KIND "bridge"
      '0c000580', //   IFLA_INFO_SLAVE_DATA, 12 bytes, nested
      '05000400 01000000', //     IFLA_BRPORT_MODE 1
    ],
  ],
  [
    'linkUp() brings an interface up, with an MTU that stays',
    linkUp(5, '', 1400),
    [
      '28000000 10000100 07000000 00000000', // nlmsghdr: 40 bytes, RTM_NEWLINK, NLM_F_REQUEST, sequence 7
      '00000000 05000000 01000000 01000000', // {ifi_index=5, ifi_flags=IFF_UP, ifi_change=IFF_UP}
      '08000400 78050000', // IFLA_MTU 1400
    ],
  ],
  [
    'deleteLink() names what is to go',
    deleteLink('gk0123', ''),
    [
      '2c000000 11000100 07000000 00000000', // nlmsghdr: 44 bytes, RTM_DELLINK, NLM_F_REQUEST, sequence 7
      '00000000 00000000 00000000 00000000', // {ifi_index=0}
      '0b000300 676b3031 32330000', // IFLA_IFNAME "gk0123"
    ],
  ],
  [
    'newAddress() gives an interface an IPv4 address',
    newAddress(3, { address: Uint8Array.of(172, 17, 0, 2), bits: 16 }, ''),
    [
      '28000000 14000106 07000000 00000000', // nlmsghdr: 40 bytes, RTM_NEWADDR, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_EXCL, sequence 7
      '02100000 03000000', // {ifa_family=AF_INET, ifa_prefixlen=16, ifa_index=3}
      '08000200 ac110002', // IFA_LOCAL 172.17.0.2
      '08000100 ac110002', // IFA_ADDRESS 172.17.0.2
    ],
  ],
  [
    'newAddress() gives an IPv6 address without duplicate address detection',
    newAddress(3, { address: Uint8Array.of(0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), bits: 64 }, ''),
    [
      '48000000 14000106 07000000 00000000', // nlmsghdr: 72 bytes, RTM_NEWADDR, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_EXCL, sequence 7
      '0a400000 03000000', // {ifa_family=AF_INET6, ifa_prefixlen=64, ifa_index=3}
      '14000200 fd000001 00000000 00000000 00000002', // IFA_LOCAL fd00:1::2
      '14000100 fd000001 00000000 00000000 00000002', // IFA_ADDRESS fd00:1::2
      '08000800 02000000', // IFA_FLAGS 2
    ],
  ],
  [
    'newRoute() leads everything to a gateway',
    newRoute({ gateway: Uint8Array.of(172, 17, 0, 1), interface: 3 }, ''),
    [
      '2c000000 18000105 07000000 00000000', // nlmsghdr: 44 bytes, RTM_NEWROUTE, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_REPLACE, sequence 7
      '02000000 fe040001 00000000', // {rtm_family=AF_INET, rtm_dst_len=0, rtm_table=RT_TABLE_MAIN, rtm_protocol=RTPROT_STATIC, rtm_scope=RT_SCOPE_UNIVERSE, rtm_type=RTN_UNICAST}
      '08000500 ac110001', // RTA_GATEWAY 172.17.0.1
      '08000400 03000000', // RTA_OIF 3
    ],
  ],
])('%s', (_title, message, bytes) => {
  const expected = bytes.join('').replaceAll(' ', '');
  expect(Buffer.from(encodeMessage(message, 7)).toString('hex')).toBe(expected);
});

test('parseLink() reads what newVethPair() would make of a link', () => {
  const [parsed] = parseMessages(encodeMessage(linkUp(5, '', 1400), 1));
  if (parsed === undefined) throw new Error('nothing is parsed');
  expect(parseLink(parsed)).toEqual({ index: 5, name: '', mac: '', mtu: 1400, isUp: true });
});

test('parseLink() reads the hardware address of a bridge', () => {
  const [parsed] = parseMessages(encodeMessage(newBridge('gocker0', '02:42:ac:11:00:01'), 1));
  if (parsed === undefined) throw new Error('nothing is parsed');
  expect(parseLink(parsed)).toMatchObject({ name: 'gocker0', mac: '02:42:ac:11:00:01', isUp: false });
});

test('parseRoute() reads the default route, and leaves out what leads to this host', () => {
  const bytes = encodeMessage(newRoute({ gateway: Uint8Array.of(172, 17, 0, 1), interface: 3 }, ''), 1);
  const [parsed] = parseMessages(bytes);
  if (parsed === undefined) throw new Error('nothing is parsed');
  expect(parseRoute(parsed)).toEqual({ destination: { address: new Uint8Array(4), bits: 0 }, interface: 3, metric: 0 });
  // rtm_table: RT_TABLE_LOCAL
  bytes[16 + 4] = 255;
  expect(parseMessages(bytes).map(parseRoute)).toEqual([undefined]);
});
