/** Netlink messages as data, netlink(7) struct nlmsghdr: what a plan of a network is made of, and what an error names. Pure. */
import { type Attribute, aligned, concatenate, encodeAttributes, formatAttributes } from './attributes.ts';

/** linux/netlink.h. Beside NLM_F_REQUEST, which every request has, and NLM_F_ACK, which the connection adds. */
export const NLM_F = {
  NLM_F_REQUEST: 0x1,
  NLM_F_ACK: 0x4,
  NLM_F_REPLACE: 0x100,
  NLM_F_EXCL: 0x200,
  NLM_F_CREATE: 0x400,
  NLM_F_APPEND: 0x800,
  /** NLM_F_ROOT|NLM_F_MATCH of a GET. */
  NLM_F_DUMP: 0x300,
} as const;

export type MessageFlag = keyof typeof NLM_F;

export interface NetlinkMessage {
  /** The kernel's: `RTM_NEWLINK`. */
  readonly name: string;
  readonly type: number;
  readonly flags: readonly MessageFlag[];
  /** The family's own header, a struct ifinfomsg or nfgenmsg; its length is a multiple of four. */
  readonly header: { readonly bytes: Uint8Array; readonly text: string };
  readonly attributes: readonly Attribute[];
  /** Why it stands in this place: one clause, shown by `--explain`. */
  readonly why: string;
  /** Errors that are as good as success: `['EEXIST']`. */
  readonly allow?: readonly string[];
}

export interface ParsedMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** What follows the header, the family's own among it. */
  readonly payload: Uint8Array;
}

const HEADER = 16;

/** @param flags besides those of the message */
export function encodeMessage(message: NetlinkMessage, sequence: number, flags = 0): Uint8Array {
  const payload = concatenate([message.header.bytes, encodeAttributes(message.attributes)]);
  const whole = new Uint8Array(aligned(HEADER + payload.length));
  const view = new DataView(whole.buffer);
  view.setUint32(0, HEADER + payload.length, true);
  view.setUint16(4, message.type, true);
  view.setUint16(
    6,
    message.flags.reduce((bits, flag) => bits | NLM_F[flag], NLM_F.NLM_F_REQUEST | flags),
    true,
  );
  view.setUint32(8, sequence, true);
  whole.set(payload, HEADER);
  return whole;
}

/** `{RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {ifi_index=0}, IFLA_IFNAME="gocker0"}` */
export function formatMessage({ name, flags, header, attributes }: NetlinkMessage): string {
  const parts = [name, flags.join('|'), header.text, formatAttributes(attributes)];
  return `{${parts.filter((part) => part !== '').join(', ')}}`;
}

/** All of a datagram; one that is cut off is left out. */
export function parseMessages(bytes: Uint8Array): ParsedMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: ParsedMessage[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > bytes.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      payload: bytes.subarray(at + HEADER, at + length),
    });
    at += aligned(length);
  }
  return messages;
}
