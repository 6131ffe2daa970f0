/** Tables, chains, rules, sets and their elements as nf_tables messages, struct nfgenmsg. Pure. */
import { type Attribute, attribute, be32, nested, raw, text, type Value } from '../netlink/attributes.ts';
import type { MessageFlag, NetlinkMessage } from '../netlink/message.ts';
import { data, type Expression, named } from './expressions.ts';
import {
  NF_INET,
  NFPROTO,
  NFT_MSG,
  NFT_SET,
  NFTA_CHAIN,
  NFTA_HOOK,
  NFTA_LIST,
  NFTA_RULE,
  NFTA_SET,
  NFTA_SET_DESC,
  NFTA_SET_ELEM,
  NFTA_SET_ELEM_LIST,
  NFTA_SET_FIELD,
  NFTA_TABLE,
  VERDICT,
} from './families.ts';

/** NFNL_SUBSYS_NFTABLES, in the type's upper byte. */
const SUBSYSTEM = 10 << 8;

export function nftMessage(
  name: keyof typeof NFT_MSG,
  flags: readonly MessageFlag[],
  attributes: readonly Attribute[],
): Omit<NetlinkMessage, 'why'> {
  const header = { bytes: Uint8Array.of(NFPROTO.NFPROTO_INET, 0, 0, 0), text: '{nfgen_family=NFPROTO_INET}' };
  return { name, type: SUBSYSTEM | NFT_MSG[name], flags, header, attributes };
}

/** One that is there already stays. */
export function newTable(table: string, why: string): NetlinkMessage {
  return {
    ...nftMessage('NFT_MSG_NEWTABLE', ['NLM_F_CREATE'], [attribute(NFTA_TABLE, 'NFTA_TABLE_NAME', text(table))]),
    why,
  };
}

/** With all that is in it. */
export function deleteTable(table: string, why: string): NetlinkMessage {
  return { ...nftMessage('NFT_MSG_DELTABLE', [], [attribute(NFTA_TABLE, 'NFTA_TABLE_NAME', text(table))]), why };
}

export interface Hook {
  readonly type: 'filter' | 'nat';
  readonly hook: keyof typeof NF_INET;
  readonly priority: number;
}

/** @param hook of a base chain, whose policy is to accept; left out for one that is jumped to */
export function newChain(table: string, name: string, { hook, why }: { hook?: Hook; why: string }): NetlinkMessage {
  const base =
    hook === undefined
      ? []
      : [
          attribute(
            NFTA_CHAIN,
            'NFTA_CHAIN_HOOK',
            nested(
              attribute(NFTA_HOOK, 'NFTA_HOOK_HOOKNUM', named(NF_INET, hook.hook)),
              attribute(NFTA_HOOK, 'NFTA_HOOK_PRIORITY', be32(hook.priority)),
            ),
          ),
          attribute(NFTA_CHAIN, 'NFTA_CHAIN_POLICY', named(VERDICT, 'NF_ACCEPT')),
          attribute(NFTA_CHAIN, 'NFTA_CHAIN_TYPE', text(hook.type)),
        ];
  return {
    ...nftMessage(
      'NFT_MSG_NEWCHAIN',
      ['NLM_F_CREATE'],
      [
        attribute(NFTA_CHAIN, 'NFTA_CHAIN_TABLE', text(table)),
        attribute(NFTA_CHAIN, 'NFTA_CHAIN_NAME', text(name)),
        ...base,
      ],
    ),
    why,
  };
}

/** At the chain's end. */
export function newRule(
  table: string,
  chain: string,
  rule: { expressions: readonly Expression[]; why: string },
): NetlinkMessage {
  return {
    ...nftMessage(
      'NFT_MSG_NEWRULE',
      ['NLM_F_CREATE', 'NLM_F_APPEND'],
      [
        attribute(NFTA_RULE, 'NFTA_RULE_TABLE', text(table)),
        attribute(NFTA_RULE, 'NFTA_RULE_CHAIN', text(chain)),
        attribute(NFTA_RULE, 'NFTA_RULE_EXPRESSIONS', nested(...rule.expressions)),
      ],
    ),
    why: rule.why,
  };
}

/** What nft(8) calls them, so that it can list what is in a set; the kernel keeps the numbers without a look. */
const types = {
  ipv4_addr: { number: 7, length: 4 },
  ipv6_addr: { number: 8, length: 16 },
  inet_proto: { number: 12, length: 1 },
  inet_service: { number: 13, length: 2 },
  ifname: { number: 41, length: 16 },
} as const;

/** For nft(8), which else lists names backwards: NFTNL_UDATA_SET_KEYBYTEORDER of libnftnl, BYTEORDER_HOST_ENDIAN. */
const hostByteOrder = raw(Uint8Array.of(0, 4, 1, 0, 0, 0));

export type FieldType = keyof typeof types;

export interface SetDefinition {
  readonly name: string;
  readonly key: readonly FieldType[];
  /** Of a map. */
  readonly data?: readonly FieldType[];
  /** Whether elements are ranges, from one key to another. */
  readonly interval?: true;
  /** Whether elements may go by themselves. */
  readonly timeout?: true;
  readonly why: string;
}

/** @param id another for each set of a transaction */
export function newSet(table: string, id: number, definition: SetDefinition): NetlinkMessage {
  const { name, key, data: mapped, interval, timeout, why } = definition;
  const flags = (Object.keys(NFT_SET) as (keyof typeof NFT_SET)[]).filter(
    (flag) =>
      (flag === 'NFT_SET_MAP' && mapped !== undefined) ||
      (flag === 'NFT_SET_INTERVAL' && interval === true) ||
      (flag === 'NFT_SET_TIMEOUT' && timeout === true) ||
      (flag === 'NFT_SET_CONCAT' && key.length > 1 && interval === true),
  );
  const bits = flags.reduce((sum, flag) => sum | NFT_SET[flag], 0);
  return {
    ...nftMessage(
      'NFT_MSG_NEWSET',
      ['NLM_F_CREATE'],
      [
        attribute(NFTA_SET, 'NFTA_SET_TABLE', text(table)),
        attribute(NFTA_SET, 'NFTA_SET_NAME', text(name)),
        attribute(NFTA_SET, 'NFTA_SET_FLAGS', { ...be32(bits), text: flags.join('|') || '0' } as Value),
        attribute(NFTA_SET, 'NFTA_SET_KEY_TYPE', typeOf(key)),
        attribute(NFTA_SET, 'NFTA_SET_KEY_LEN', be32(lengthOf(key))),
        ...(mapped === undefined
          ? []
          : [
              attribute(NFTA_SET, 'NFTA_SET_DATA_TYPE', typeOf(mapped)),
              attribute(NFTA_SET, 'NFTA_SET_DATA_LEN', be32(lengthOf(mapped))),
            ]),
        ...(key.length > 1 && interval === true ? [attribute(NFTA_SET, 'NFTA_SET_DESC', fieldsOf(key))] : []),
        attribute(NFTA_SET, 'NFTA_SET_ID', be32(id)),
        ...(key.length === 1 && key[0] === 'ifname' ? [attribute(NFTA_SET, 'NFTA_SET_USERDATA', hostByteOrder)] : []),
      ],
    ),
    why,
  };
}

export interface Element {
  readonly key: readonly Uint8Array[];
  /** The last key of a range that begins with `key`. */
  readonly keyEnd?: readonly Uint8Array[];
  /** Of a map. */
  readonly data?: readonly Uint8Array[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** `0.0.0.0:80 tcp` */
  readonly words: string;
}

/** Those that are there already stay: a map's with other data is an error, EEXIST. */
export function addElements(
  table: string,
  set: string,
  { elements, why }: { elements: readonly Element[]; why: string },
): NetlinkMessage {
  return { ...nftMessage('NFT_MSG_NEWSETELEM', ['NLM_F_CREATE'], elementsOf(table, set, elements)), why };
}

/** All of them have to be there, or it fails with ENOENT. */
export function deleteElements(
  table: string,
  set: string,
  { elements, why }: { elements: readonly Element[]; why: string },
): NetlinkMessage {
  return { ...nftMessage('NFT_MSG_DELSETELEM', [], elementsOf(table, set, elements)), why };
}

/** A name as the kernel's registers hold it: 16 bytes, zeros behind it. */
export function interfaceName(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(name).subarray(0, 15));
  return bytes;
}

/** In network order. */
export function port(number: number): Uint8Array {
  return Uint8Array.of(number >> 8, number & 0xff);
}

function elementsOf(table: string, set: string, elements: readonly Element[]): Attribute[] {
  const list = elements.map(({ key, keyEnd, data: mapped, timeout, words }) =>
    attribute(
      NFTA_LIST,
      'NFTA_LIST_ELEM',
      nested(
        attribute(NFTA_SET_ELEM, 'NFTA_SET_ELEM_KEY', data(padded(key), words)),
        ...(keyEnd === undefined ? [] : [attribute(NFTA_SET_ELEM, 'NFTA_SET_ELEM_KEY_END', data(padded(keyEnd)))]),
        ...(mapped === undefined ? [] : [attribute(NFTA_SET_ELEM, 'NFTA_SET_ELEM_DATA', data(padded(mapped)))]),
        ...(timeout === undefined ? [] : [attribute(NFTA_SET_ELEM, 'NFTA_SET_ELEM_TIMEOUT', milliseconds(timeout))]),
      ),
    ),
  );
  return [
    attribute(NFTA_SET_ELEM_LIST, 'NFTA_SET_ELEM_LIST_TABLE', text(table)),
    attribute(NFTA_SET_ELEM_LIST, 'NFTA_SET_ELEM_LIST_SET', text(set)),
    attribute(NFTA_SET_ELEM_LIST, 'NFTA_SET_ELEM_LIST_ELEMENTS', nested(...list)),
  ];
}

function milliseconds(value: number): Value {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return { kind: 'bytes', bytes, text: `${value}ms` };
}

/** Each field of a key of several begins at a register, four bytes. */
function padded(fields: readonly Uint8Array[]): Uint8Array {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(fields.reduce((sum, field) => sum + aligned(field.length), 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += aligned(field.length);
  }
  return whole;
}

function lengthOf(fields: readonly FieldType[]): number {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return types[only].length;
  return fields.reduce((sum, field) => sum + aligned(types[field].length), 0);
}

/** Of several, six bits each. */
function typeOf(fields: readonly FieldType[]): Value {
  const number = fields.reduce((sum, field) => (sum << 6) | types[field].number, 0);
  return { ...be32(number), text: fields.join('.') } as Value;
}

function fieldsOf(fields: readonly FieldType[]): Value {
  const lengths = fields.map((field) =>
    attribute(
      NFTA_LIST,
      'NFTA_LIST_ELEM',
      nested(attribute(NFTA_SET_FIELD, 'NFTA_SET_FIELD_LEN', be32(types[field].length))),
    ),
  );
  return nested(attribute(NFTA_SET_DESC, 'NFTA_SET_DESC_CONCAT', nested(...lengths)));
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
