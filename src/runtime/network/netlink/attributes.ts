/**
 * Attributes of netlink messages, netlink(7) struct nlattr: two bytes of length, two of type, the payload, and zeros up to the
 * next multiple of four. A value knows its bytes and the words that it is shown by. Pure.
 */
import type { Family } from '../../../syscall/index.ts';

export interface Attribute {
  readonly type: number;
  /** The kernel's: `IFLA_MTU`. */
  readonly name: string;
  readonly value: Value;
}

export type Value =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly text: string }
  | { readonly kind: 'nested'; readonly attributes: readonly Attribute[]; readonly header?: Bytes };

type Bytes = { readonly bytes: Uint8Array; readonly text: string };

/** linux/netlink.h: what stands beside a type in the same two bytes. */
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;
const HEADER = 4;

/** `attribute(IFLA, 'IFLA_MTU', u32(1500))` */
export function attribute<F extends Family>(family: F, name: keyof F & string, value: Value): Attribute {
  return { type: family[name] ?? 0, name, value };
}

/** Numbers in the host's order, which is little-endian on x86-64 and arm64. */
export const u8 = (value: number): Value => number(value, 1, (view) => view.setUint8(0, value));
export const u16 = (value: number): Value => number(value, 2, (view) => view.setUint16(0, value, true));
export const u32 = (value: number): Value => number(value, 4, (view) => view.setUint32(0, value, true));
export const u64 = (value: bigint): Value => number(value, 8, (view) => view.setBigUint64(0, value, true));

/** Numbers in network order. */
export const be16 = (value: number): Value => number(value, 2, (view) => view.setUint16(0, value));
export const be32 = (value: number): Value => number(value, 4, (view) => view.setUint32(0, value));
export const be64 = (value: bigint): Value => number(value, 8, (view) => view.setBigUint64(0, value));

/** NUL-terminated. */
export function text(value: string): Value {
  return { kind: 'bytes', bytes: new TextEncoder().encode(`${value}\0`), text: JSON.stringify(value) };
}

/** @param words how it is shown; left out, in hexadecimal */
export function raw(bytes: Uint8Array, words = Buffer.from(bytes).toString('hex')): Value {
  return { kind: 'bytes', bytes, text: words };
}

/** An attribute that says all by being there. */
export const present: Value = { kind: 'bytes', bytes: new Uint8Array(), text: '' };

export function nested(...attributes: readonly Attribute[]): Value {
  return { kind: 'nested', attributes };
}

/** Where a structure stands before the attributes, as in VETH_INFO_PEER. */
export function nestedAfter(header: Bytes, ...attributes: readonly Attribute[]): Value {
  return { kind: 'nested', attributes, header };
}

export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  return concatenate(attributes.map(encode));
}

/** `IFLA_IFNAME="eth0", IFLA_MTU=1500` */
export function formatAttributes(attributes: readonly Attribute[]): string {
  return attributes.map(({ name, value }) => (value === present ? name : `${name}=${format(value)}`)).join(', ');
}

/** By type, the flags beside it left out; of several with one type the last. What is cut off is left out too. */
export function parseAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  return new Map(parseList(bytes));
}

/** In their order, with all of one type: the elements of a list. */
export function parseList(bytes: Uint8Array): (readonly [type: number, payload: Uint8Array])[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const list: (readonly [number, Uint8Array])[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint16(at, true);
    if (length < HEADER || at + length > bytes.length) break;
    list.push([view.getUint16(at + 2, true) & NLA_TYPE_MASK, bytes.subarray(at + HEADER, at + length)]);
    at += aligned(length);
  }
  return list;
}

export function aligned(length: number): number {
  return (length + 3) & ~3;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function encode({ type, value }: Attribute): Uint8Array {
  const payload = value.kind === 'bytes' ? value.bytes : encodeNested(value);
  const whole = new Uint8Array(aligned(HEADER + payload.length));
  const view = new DataView(whole.buffer);
  view.setUint16(0, HEADER + payload.length, true);
  view.setUint16(2, value.kind === 'nested' ? type | NLA_F_NESTED : type, true);
  whole.set(payload, HEADER);
  return whole;
}

function encodeNested({ attributes, header }: Extract<Value, { kind: 'nested' }>): Uint8Array {
  return concatenate([header?.bytes ?? new Uint8Array(), encodeAttributes(attributes)]);
}

function format(value: Value): string {
  if (value.kind === 'bytes') return value.text;
  const inner = formatAttributes(value.attributes);
  return value.header === undefined ? `{${inner}}` : `{${value.header.text}, ${inner}}`;
}

function number(value: number | bigint, size: number, set: (view: DataView) => void): Value {
  const bytes = new Uint8Array(size);
  set(new DataView(bytes.buffer));
  return { kind: 'bytes', bytes, text: String(value) };
}
