/** Interfaces as rtnetlink(7) messages, struct ifinfomsg: bridges, veth pairs, what is changed of them, and what is there. Pure. */
import {
  type Attribute,
  attribute,
  nested,
  nestedAfter,
  parseAttributes,
  raw,
  text,
  u8,
  u32,
} from '../netlink/attributes.ts';
import type { MessageFlag, NetlinkMessage, ParsedMessage } from '../netlink/message.ts';
import { IFF, IFLA, IFLA_BRPORT, IFLA_INFO, RTEXT_FILTER, RTM, VETH_INFO } from './families.ts';

export interface Link {
  readonly index: number;
  readonly name: string;
  /** Empty for an interface that has none. */
  readonly mac: string;
  readonly mtu: number;
  readonly isUp: boolean;
}

/** Down; one that is there already stays as it is. @param mac `02:42:ac:11:00:01` */
export function newBridge(name: string, mac: string): NetlinkMessage {
  return {
    ...linkMessage('RTM_NEWLINK', ['NLM_F_CREATE', 'NLM_F_EXCL'], linkHeader({})),
    attributes: [
      attribute(IFLA, 'IFLA_IFNAME', text(name)),
      attribute(IFLA, 'IFLA_ADDRESS', macValue(mac)),
      attribute(IFLA, 'IFLA_LINKINFO', nested(attribute(IFLA_INFO, 'IFLA_INFO_KIND', text('bridge')))),
    ],
    why: "the network's switch; an address of its own, so that it doesn't change with the interfaces on it",
    allow: ['EEXIST'],
  };
}

export interface VethPair {
  /** Of the end that stays here. */
  readonly hostName: string;
  /** The bridge that it is plugged into; left out for none. */
  readonly master?: number;
  readonly mtu: number;
  readonly peer: {
    readonly name: string;
    readonly mac: string;
    /** A descriptor of the network namespace that it is born in. */
    readonly namespace: number;
  };
}

/** veth(4). Its host's end is up at once, the peer is down. */
export function newVethPair({ hostName, master, mtu, peer }: VethPair): NetlinkMessage {
  const peerAttributes = [
    attribute(IFLA, 'IFLA_IFNAME', text(peer.name)),
    attribute(IFLA, 'IFLA_ADDRESS', macValue(peer.mac)),
    attribute(IFLA, 'IFLA_MTU', u32(mtu)),
    attribute(IFLA, 'IFLA_NET_NS_FD', u32(peer.namespace)),
  ];
  return {
    ...linkMessage('RTM_NEWLINK', ['NLM_F_CREATE', 'NLM_F_EXCL'], linkHeader({ up: true })),
    attributes: [
      attribute(IFLA, 'IFLA_IFNAME', text(hostName)),
      attribute(IFLA, 'IFLA_MTU', u32(mtu)),
      ...(master === undefined ? [] : [attribute(IFLA, 'IFLA_MASTER', u32(master))]),
      attribute(
        IFLA,
        'IFLA_LINKINFO',
        nested(
          attribute(IFLA_INFO, 'IFLA_INFO_KIND', text('veth')),
          attribute(
            IFLA_INFO,
            'IFLA_INFO_DATA',
            nested(attribute(VETH_INFO, 'VETH_INFO_PEER', nestedAfter(linkHeader({}), ...peerAttributes))),
          ),
        ),
      ),
    ],
    why: "a cable: one end here, the other in the container's network namespace",
  };
}

/** Of an interface on a bridge: what comes from it may go back to it. */
export function hairpin(name: string): NetlinkMessage {
  const mode = attribute(IFLA_BRPORT, 'IFLA_BRPORT_MODE', u8(1));
  return {
    ...linkMessage('RTM_NEWLINK', [], linkHeader({})),
    attributes: [
      attribute(IFLA, 'IFLA_IFNAME', text(name)),
      attribute(
        IFLA,
        'IFLA_LINKINFO',
        nested(
          attribute(IFLA_INFO, 'IFLA_INFO_SLAVE_KIND', text('bridge')),
          attribute(IFLA_INFO, 'IFLA_INFO_SLAVE_DATA', nested(mode)),
        ),
      ),
    ],
    why: 'br_netfilter switches what is redirected on the bridge: a container that calls its own published port gets it back',
  };
}

export function linkUp(index: number, why: string, mtu?: number): NetlinkMessage {
  const attributes = mtu === undefined ? [] : [attribute(IFLA, 'IFLA_MTU', u32(mtu))];
  return { ...linkMessage('RTM_NEWLINK', [], linkHeader({ index, up: true })), attributes, why };
}

/** With a veth its peer goes, too. One that is gone already is as good. */
export function deleteLink(name: string, why: string): NetlinkMessage {
  return {
    ...linkMessage('RTM_DELLINK', [], linkHeader({})),
    attributes: [attribute(IFLA, 'IFLA_IFNAME', text(name))],
    why,
    allow: ['ENODEV'],
  };
}

/** @param which left out: all of them, to be asked by a dump */
export function getLink(which?: { readonly name: string } | { readonly index: number }): NetlinkMessage {
  const header = linkHeader(which !== undefined && 'index' in which ? which : {});
  const attributes: Attribute[] =
    which !== undefined && 'name' in which ? [attribute(IFLA, 'IFLA_IFNAME', text(which.name))] : [];
  return { ...linkMessage('RTM_GETLINK', [], header), attributes, why: 'what is there', allow: ['ENODEV'] };
}

/** Those on a bridge, without their counters, to be asked by a dump. @param bridge its index */
export function getPlugged(bridge: number): NetlinkMessage {
  return {
    ...getLink(),
    attributes: [
      attribute(IFLA, 'IFLA_MASTER', u32(bridge)),
      attribute(IFLA, 'IFLA_EXT_MASK', u32(RTEXT_FILTER.RTEXT_FILTER_SKIP_STATS)),
    ],
  };
}

export function parseLink({ payload }: ParsedMessage): Link {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const attributes = parseAttributes(payload.subarray(HEADER));
  return {
    index: view.getInt32(4, true),
    name: textOf(attributes.get(IFLA.IFLA_IFNAME)),
    mac: Array.from(attributes.get(IFLA.IFLA_ADDRESS) ?? [], (byte) => byte.toString(16).padStart(2, '0')).join(':'),
    mtu: numberOf(attributes.get(IFLA.IFLA_MTU)),
    isUp: (view.getUint32(8, true) & IFF.IFF_UP) !== 0,
  };
}

/** struct ifinfomsg. */
const HEADER = 16;

function linkMessage(
  name: keyof typeof RTM,
  flags: readonly MessageFlag[],
  header: NetlinkMessage['header'],
): Pick<NetlinkMessage, 'name' | 'type' | 'flags' | 'header'> {
  return { name, type: RTM[name], flags, header };
}

function linkHeader({ index = 0, up = false }: { readonly index?: number; readonly up?: boolean }) {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, index, true);
  view.setUint32(8, up ? IFF.IFF_UP : 0, true);
  view.setUint32(12, up ? IFF.IFF_UP : 0, true);
  return { bytes, text: `{ifi_index=${index}${up ? ', ifi_flags=IFF_UP, ifi_change=IFF_UP' : ''}}` };
}

function macValue(mac: string) {
  return raw(
    Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16)),
    mac,
  );
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? [])
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

function numberOf(bytes: Uint8Array | undefined): number {
  return bytes === undefined || bytes.length < 4
    ? 0
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
}
