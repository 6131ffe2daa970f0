/**
 * Expressions of nf_tables: what rules are made of, in the order in which the kernel goes through them; one that doesn't match ends
 * its rule. Words as nft(8) has them. Pure.
 */
import { type Attribute, attribute, be32, be64, nested, raw, text, type Value } from '../netlink/attributes.ts';
import {
  NF_NAT_RANGE,
  NFPROTO,
  NFT_CMP,
  NFT_CT,
  NFT_FIB,
  NFT_LOOKUP_F,
  NFT_META,
  NFT_NAT,
  NFT_PAYLOAD,
  NFT_REG,
  NFTA_BITWISE,
  NFTA_CMP,
  NFTA_CT,
  NFTA_DATA,
  NFTA_EXPR,
  NFTA_FIB,
  NFTA_IMMEDIATE,
  NFTA_LIST,
  NFTA_LOOKUP,
  NFTA_META,
  NFTA_NAT,
  NFTA_PAYLOAD,
  NFTA_VERDICT,
  RTN_LOCAL,
  VERDICT,
} from './families.ts';

/** Four bytes each, from 0 on: what several are loaded into side by side is one key. */
export type Register = number;

/** An element of NFTA_RULE_EXPRESSIONS. */
export type Expression = Attribute;

export function expression(name: string, ...attributes: readonly Attribute[]): Expression {
  const data = attributes.length === 0 ? [] : [attribute(NFTA_EXPR, 'NFTA_EXPR_DATA', nested(...attributes))];
  return attribute(NFTA_LIST, 'NFTA_LIST_ELEM', nested(attribute(NFTA_EXPR, 'NFTA_EXPR_NAME', text(name)), ...data));
}

export function register(number: Register): Value {
  return { ...be32(NFT_REG.NFT_REG32_00 + number), text: `NFT_REG32_${String(number).padStart(2, '0')}` } as Value;
}

export function named<F extends Readonly<Record<string, number>>>(family: F, name: keyof F & string): Value {
  return { ...be32(family[name] ?? 0), text: name } as Value;
}

/** What meta says of the packet. @param length bytes of it: 16 of a name, 1 of a protocol */
export function meta(key: keyof typeof NFT_META, into: Register = 0): Expression {
  return expression(
    'meta',
    attribute(NFTA_META, 'NFTA_META_KEY', named(NFT_META, key)),
    attribute(NFTA_META, 'NFTA_META_DREG', register(into)),
  );
}

/** Bytes of the packet itself. */
export function payload(
  base: 'network' | 'transport',
  { offset, length }: { readonly offset: number; readonly length: number },
  into: Register = 0,
): Expression {
  const header = base === 'network' ? 'NFT_PAYLOAD_NETWORK_HEADER' : 'NFT_PAYLOAD_TRANSPORT_HEADER';
  return expression(
    'payload',
    attribute(NFTA_PAYLOAD, 'NFTA_PAYLOAD_DREG', register(into)),
    attribute(NFTA_PAYLOAD, 'NFTA_PAYLOAD_BASE', named(NFT_PAYLOAD, header)),
    attribute(NFTA_PAYLOAD, 'NFTA_PAYLOAD_OFFSET', be32(offset)),
    attribute(NFTA_PAYLOAD, 'NFTA_PAYLOAD_LEN', be32(length)),
  );
}

export function compare(from: Register, value: Uint8Array, operation: keyof typeof NFT_CMP = 'NFT_CMP_EQ'): Expression {
  return expression(
    'cmp',
    attribute(NFTA_CMP, 'NFTA_CMP_SREG', register(from)),
    attribute(NFTA_CMP, 'NFTA_CMP_OP', named(NFT_CMP, operation)),
    attribute(NFTA_CMP, 'NFTA_CMP_DATA', data(value)),
  );
}

export interface Lookup {
  /** Where the key begins. */
  readonly key?: Register;
  /** Of a map: where what it is mapped to goes. */
  readonly into?: Register;
  /** Of a set: it matches what is not in it. */
  readonly inverted?: true;
}

/** @param set its name */
export function lookup(set: string, { key = 0, into, inverted }: Lookup = {}): Expression {
  return expression(
    'lookup',
    attribute(NFTA_LOOKUP, 'NFTA_LOOKUP_SET', text(set)),
    attribute(NFTA_LOOKUP, 'NFTA_LOOKUP_SREG', register(key)),
    ...(into === undefined ? [] : [attribute(NFTA_LOOKUP, 'NFTA_LOOKUP_DREG', register(into))]),
    ...(inverted === undefined
      ? []
      : [attribute(NFTA_LOOKUP, 'NFTA_LOOKUP_FLAGS', named(NFT_LOOKUP_F, 'NFT_LOOKUP_F_INV'))]),
  );
}

/** Any of the bits of what connection tracking says. */
export function connection(key: keyof typeof NFT_CT, bits: number): Expression[] {
  return [
    expression(
      'ct',
      attribute(NFTA_CT, 'NFTA_CT_KEY', named(NFT_CT, key)),
      attribute(NFTA_CT, 'NFTA_CT_DREG', register(0)),
    ),
    ...anyOf(hostOrder(bits)),
  ];
}

/** Whether any of the bits in register 0 is set. */
function anyOf(mask: Uint8Array): Expression[] {
  const zeros = new Uint8Array(mask.length);
  return [...masked(mask), compare(0, zeros, 'NFT_CMP_NEQ')];
}

/** What is left in register 0 of its bits. */
export function masked(mask: Uint8Array): Expression[] {
  return [
    expression(
      'bitwise',
      attribute(NFTA_BITWISE, 'NFTA_BITWISE_SREG', register(0)),
      attribute(NFTA_BITWISE, 'NFTA_BITWISE_DREG', register(0)),
      attribute(NFTA_BITWISE, 'NFTA_BITWISE_LEN', be32(mask.length)),
      attribute(NFTA_BITWISE, 'NFTA_BITWISE_MASK', data(mask)),
      attribute(NFTA_BITWISE, 'NFTA_BITWISE_XOR', data(new Uint8Array(mask.length))),
    ),
  ];
}

/** The packet is for an address of this host: `fib daddr type local`. */
export function toThisHost(): Expression[] {
  return [
    expression(
      'fib',
      attribute(NFTA_FIB, 'NFTA_FIB_DREG', register(0)),
      attribute(NFTA_FIB, 'NFTA_FIB_RESULT', named(NFT_FIB, 'NFT_FIB_RESULT_ADDRTYPE')),
      attribute(NFTA_FIB, 'NFTA_FIB_FLAGS', named(NFT_FIB, 'NFTA_FIB_F_DADDR')),
    ),
    compare(0, hostOrder(RTN_LOCAL)),
  ];
}

/** Of IPv4 or IPv6 alone, in a table that has both. */
export function onlyFamily(family: 4 | 6): Expression[] {
  return [
    meta('NFT_META_NFPROTO'),
    compare(0, Uint8Array.of(family === 4 ? NFPROTO.NFPROTO_IPV4 : NFPROTO.NFPROTO_IPV6)),
  ];
}

/** The destination becomes what registers hold. */
export function destinationNAT(
  family: 4 | 6,
  { address, port }: { readonly address: Register; readonly port: Register },
): Expression {
  const flags = NF_NAT_RANGE.NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE.NF_NAT_RANGE_PROTO_SPECIFIED;
  return expression(
    'nat',
    attribute(NFTA_NAT, 'NFTA_NAT_TYPE', named(NFT_NAT, 'NFT_NAT_DNAT')),
    attribute(NFTA_NAT, 'NFTA_NAT_FAMILY', named(NFPROTO, family === 4 ? 'NFPROTO_IPV4' : 'NFPROTO_IPV6')),
    attribute(NFTA_NAT, 'NFTA_NAT_REG_ADDR_MIN', register(address)),
    attribute(NFTA_NAT, 'NFTA_NAT_REG_PROTO_MIN', register(port)),
    attribute(NFTA_NAT, 'NFTA_NAT_FLAGS', { ...be32(flags), text: Object.keys(NF_NAT_RANGE).join('|') } as Value),
  );
}

/** The source becomes the address that this host has where the packet leaves it. */
export const masquerade: Expression = expression('masq');

export const counter: Expression = attribute(
  NFTA_LIST,
  'NFTA_LIST_ELEM',
  nested(
    attribute(NFTA_EXPR, 'NFTA_EXPR_NAME', text('counter')),
    attribute(
      NFTA_EXPR,
      'NFTA_EXPR_DATA',
      nested(
        { type: 1, name: 'NFTA_COUNTER_BYTES', value: be64(0n) },
        { type: 2, name: 'NFTA_COUNTER_PACKETS', value: be64(0n) },
      ),
    ),
  ),
);

export const accept = verdict('NF_ACCEPT');
export const drop = verdict('NF_DROP');

export function jump(chain: string): Expression {
  return verdict('NFT_JUMP', chain);
}

function verdict(code: keyof typeof VERDICT, chain?: string): Expression {
  const words = attribute(
    NFTA_DATA,
    'NFTA_DATA_VERDICT',
    nested(
      attribute(NFTA_VERDICT, 'NFTA_VERDICT_CODE', named(VERDICT, code)),
      ...(chain === undefined ? [] : [attribute(NFTA_VERDICT, 'NFTA_VERDICT_CHAIN', text(chain))]),
    ),
  );
  return expression(
    'immediate',
    attribute(NFTA_IMMEDIATE, 'NFTA_IMMEDIATE_DREG', {
      ...be32(NFT_REG.NFT_REG_VERDICT),
      text: 'NFT_REG_VERDICT',
    } as Value),
    attribute(NFTA_IMMEDIATE, 'NFTA_IMMEDIATE_DATA', nested(words)),
  );
}

/** NFTA_DATA_VALUE of what is compared, or of an element. */
export function data(value: Uint8Array, words?: string): Value {
  return nested(attribute(NFTA_DATA, 'NFTA_DATA_VALUE', raw(value, words)));
}

/** What the kernel keeps in a register as a number of its own. */
function hostOrder(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
