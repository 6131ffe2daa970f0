/** nf_tables messages on annotated bytes: linux/netfilter/nf_tables.h. */
import { expect, test } from 'vitest';
import { encodeMessage, type NetlinkMessage } from '../../../../src/runtime/network/netlink/message.ts';
import {
  connection,
  destinationNAT,
  drop,
  jump,
  lookup,
  masquerade,
  meta,
  payload,
  toThisHost,
} from '../../../../src/runtime/network/nftables/expressions.ts';
import {
  addElements,
  newChain,
  newRule,
  newSet,
  newTable,
  port,
} from '../../../../src/runtime/network/nftables/objects.ts';

/** Where a number is wider than a byte, rtnetlink has it in the host's order, nf_tables in the network's. */
test.each<readonly [string, NetlinkMessage, readonly string[]]>([
  [
    'newTable() makes a table of both families',
    newTable('t', ''),
    [
      '1c000000 000a0104 07000000 00000000', // nlmsghdr: 28 bytes, NFT_MSG_NEWTABLE, NLM_F_REQUEST|NLM_F_CREATE, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_TABLE_NAME "t"
    ],
  ],
  [
    'newChain() hooks a chain with its priority',
    newChain('t', 'c', { hook: { type: 'nat', hook: 'NF_INET_PRE_ROUTING', priority: -100 }, why: '' }),
    [
      '48000000 030a0104 07000000 00000000', // nlmsghdr: 72 bytes, NFT_MSG_NEWCHAIN, NLM_F_REQUEST|NLM_F_CREATE, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_CHAIN_TABLE "t"
      '06000300 63000000', // NFTA_CHAIN_NAME "c"
      '14000480', // NFTA_CHAIN_HOOK, 20 bytes, nested
      '08000100 00000000', //   NFTA_HOOK_HOOKNUM NF_INET_PRE_ROUTING
      '08000200 ffffff9c', //   NFTA_HOOK_PRIORITY -100
      '08000500 00000001', // NFTA_CHAIN_POLICY NF_ACCEPT
      '08000700 6e617400', // NFTA_CHAIN_TYPE "nat"
    ],
  ],
  [
    'newSet() has pairs of ranges for keys',
    newSet('t', 3, { name: 's', key: ['ipv4_addr', 'ipv4_addr'], interval: true, why: '' }),
    [
      '64000000 090a0104 07000000 00000000', // nlmsghdr: 100 bytes, NFT_MSG_NEWSET, NLM_F_REQUEST|NLM_F_CREATE, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_SET_TABLE "t"
      '06000200 73000000', // NFTA_SET_NAME "s"
      '08000300 00000084', // NFTA_SET_FLAGS NFT_SET_INTERVAL|NFT_SET_CONCAT
      '08000400 000001c7', // NFTA_SET_KEY_TYPE ipv4_addr.ipv4_addr
      '08000500 00000008', // NFTA_SET_KEY_LEN 8
      '20000980', // NFTA_SET_DESC, 32 bytes, nested
      '1c000280', //   NFTA_SET_DESC_CONCAT, 28 bytes, nested
      '0c000180', //     NFTA_LIST_ELEM, 12 bytes, nested
      '08000100 00000004', //       NFTA_SET_FIELD_LEN 4
      '0c000180', //     NFTA_LIST_ELEM, 12 bytes, nested
      '08000100 00000004', //       NFTA_SET_FIELD_LEN 4
      '08000a00 00000003', // NFTA_SET_ID 3
    ],
  ],
  [
    'newSet() leads protocol and port to address and port',
    newSet('t', 4, { name: 'm', key: ['inet_proto', 'inet_service'], data: ['ipv4_addr', 'inet_service'], why: '' }),
    [
      '54000000 090a0104 07000000 00000000', // nlmsghdr: 84 bytes, NFT_MSG_NEWSET, NLM_F_REQUEST|NLM_F_CREATE, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_SET_TABLE "t"
      '06000200 6d000000', // NFTA_SET_NAME "m"
      '08000300 00000008', // NFTA_SET_FLAGS NFT_SET_MAP
      '08000400 0000030d', // NFTA_SET_KEY_TYPE inet_proto.inet_service
      '08000500 00000008', // NFTA_SET_KEY_LEN 8
      '08000600 000001cd', // NFTA_SET_DATA_TYPE ipv4_addr.inet_service
      '08000700 00000008', // NFTA_SET_DATA_LEN 8
      '08000a00 00000004', // NFTA_SET_ID 4
    ],
  ],
  [
    'addElements() pads each field of a key to four bytes',
    addElements('t', 'm', {
      elements: [
        { key: [Uint8Array.of(6), port(8080)], data: [Uint8Array.of(172, 17, 0, 2), port(80)], words: 'tcp 8080' },
      ],
      why: '',
    }),
    [
      '4c000000 0c0a0104 07000000 00000000', // nlmsghdr: 76 bytes, NFT_MSG_NEWSETELEM, NLM_F_REQUEST|NLM_F_CREATE, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_SET_ELEM_LIST_TABLE "t"
      '06000200 6d000000', // NFTA_SET_ELEM_LIST_SET "m"
      '28000380', // NFTA_SET_ELEM_LIST_ELEMENTS, 40 bytes, nested
      '24000180', //   NFTA_LIST_ELEM, 36 bytes, nested
      '10000180', //     NFTA_SET_ELEM_KEY, 16 bytes, nested
      '0c000100 06000000 1f900000', //       NFTA_DATA_VALUE tcp 8080
      '10000280', //     NFTA_SET_ELEM_DATA, 16 bytes, nested
      '0c000100 ac110002 00500000', //       NFTA_DATA_VALUE ac11000200500000
    ],
  ],
  [
    'newRule() looks an interface up in a set and drops',
    newRule('t', 'c', { expressions: [meta('NFT_META_IIFNAME'), lookup('s'), drop], why: '' }),
    [
      'a0000000 060a010c 07000000 00000000', // nlmsghdr: 160 bytes, NFT_MSG_NEWRULE, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_APPEND, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_RULE_TABLE "t"
      '06000200 63000000', // NFTA_RULE_CHAIN "c"
      '7c000480', // NFTA_RULE_EXPRESSIONS, 124 bytes, nested
      '24000180', //   NFTA_LIST_ELEM, 36 bytes, nested
      '09000100 6d657461 00000000', //     NFTA_EXPR_NAME "meta"
      '14000280', //     NFTA_EXPR_DATA, 20 bytes, nested
      '08000200 00000006', //       NFTA_META_KEY NFT_META_IIFNAME
      '08000100 00000008', //       NFTA_META_DREG NFT_REG32_00
      '24000180', //   NFTA_LIST_ELEM, 36 bytes, nested
      '0b000100 6c6f6f6b 75700000', //     NFTA_EXPR_NAME "lookup"
      '14000280', //     NFTA_EXPR_DATA, 20 bytes, nested
      '06000100 73000000', //       NFTA_LOOKUP_SET "s"
      '08000200 00000008', //       NFTA_LOOKUP_SREG NFT_REG32_00
      '30000180', //   NFTA_LIST_ELEM, 48 bytes, nested
      '0e000100 696d6d65 64696174 65000000', //     NFTA_EXPR_NAME "immediate"
      '1c000280', //     NFTA_EXPR_DATA, 28 bytes, nested
      '08000100 00000000', //       NFTA_IMMEDIATE_DREG NFT_REG_VERDICT
      '10000280', //       NFTA_IMMEDIATE_DATA, 16 bytes, nested
      '0c000280', //         NFTA_DATA_VERDICT, 12 bytes, nested
      '08000100 00000000', //           NFTA_VERDICT_CODE NF_DROP
    ],
  ],
  [
    'newRule() redirects to what a map gives',
    newRule('t', 'c', {
      expressions: [
        payload('transport', { offset: 2, length: 2 }, 1),
        lookup('m', { into: 8 }),
        destinationNAT(4, { address: 8, port: 9 }),
      ],
      why: '',
    }),
    [
      'c0000000 060a010c 07000000 00000000', // nlmsghdr: 192 bytes, NFT_MSG_NEWRULE, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_APPEND, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_RULE_TABLE "t"
      '06000200 63000000', // NFTA_RULE_CHAIN "c"
      '9c000480', // NFTA_RULE_EXPRESSIONS, 156 bytes, nested
      '34000180', //   NFTA_LIST_ELEM, 52 bytes, nested
      '0c000100 7061796c 6f616400', //     NFTA_EXPR_NAME "payload"
      '24000280', //     NFTA_EXPR_DATA, 36 bytes, nested
      '08000100 00000009', //       NFTA_PAYLOAD_DREG NFT_REG32_01
      '08000200 00000002', //       NFTA_PAYLOAD_BASE NFT_PAYLOAD_TRANSPORT_HEADER
      '08000300 00000002', //       NFTA_PAYLOAD_OFFSET 2
      '08000400 00000002', //       NFTA_PAYLOAD_LEN 2
      '2c000180', //   NFTA_LIST_ELEM, 44 bytes, nested
      '0b000100 6c6f6f6b 75700000', //     NFTA_EXPR_NAME "lookup"
      '1c000280', //     NFTA_EXPR_DATA, 28 bytes, nested
      '06000100 6d000000', //       NFTA_LOOKUP_SET "m"
      '08000200 00000008', //       NFTA_LOOKUP_SREG NFT_REG32_00
      '08000300 00000010', //       NFTA_LOOKUP_DREG NFT_REG32_08
      '38000180', //   NFTA_LIST_ELEM, 56 bytes, nested
      '08000100 6e617400', //     NFTA_EXPR_NAME "nat"
      '2c000280', //     NFTA_EXPR_DATA, 44 bytes, nested
      '08000100 00000001', //       NFTA_NAT_TYPE NFT_NAT_DNAT
      '08000200 00000002', //       NFTA_NAT_FAMILY NFPROTO_IPV4
      '08000300 00000010', //       NFTA_NAT_REG_ADDR_MIN NFT_REG32_08
      '08000500 00000011', //       NFTA_NAT_REG_PROTO_MIN NFT_REG32_09
      '08000700 00000003', //       NFTA_NAT_FLAGS NF_NAT_RANGE_MAP_IPS|NF_NAT_RANGE_PROTO_SPECIFIED
    ],
  ],
  [
    'newRule() masks what connection tracking says, and masquerades',
    newRule('t', 'c', { expressions: [...connection('NFT_CT_STATUS', 0x20), masquerade], why: '' }),
    [
      'c8000000 060a010c 07000000 00000000', // nlmsghdr: 200 bytes, NFT_MSG_NEWRULE, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_APPEND, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_RULE_TABLE "t"
      '06000200 63000000', // NFTA_RULE_CHAIN "c"
      'a4000480', // NFTA_RULE_EXPRESSIONS, 164 bytes, nested
      '20000180', //   NFTA_LIST_ELEM, 32 bytes, nested
      '07000100 63740000', //     NFTA_EXPR_NAME "ct"
      '14000280', //     NFTA_EXPR_DATA, 20 bytes, nested
      '08000200 00000002', //       NFTA_CT_KEY NFT_CT_STATUS
      '08000100 00000008', //       NFTA_CT_DREG NFT_REG32_00
      '44000180', //   NFTA_LIST_ELEM, 68 bytes, nested
      '0c000100 62697477 69736500', //     NFTA_EXPR_NAME "bitwise"
      '34000280', //     NFTA_EXPR_DATA, 52 bytes, nested
      '08000100 00000008', //       NFTA_BITWISE_SREG NFT_REG32_00
      '08000200 00000008', //       NFTA_BITWISE_DREG NFT_REG32_00
      '08000300 00000004', //       NFTA_BITWISE_LEN 4
      '0c000480', //       NFTA_BITWISE_MASK, 12 bytes, nested
      '08000100 20000000', //         NFTA_DATA_VALUE 20000000
      '0c000580', //       NFTA_BITWISE_XOR, 12 bytes, nested
      '08000100 00000000', //         NFTA_DATA_VALUE 00000000
      '2c000180', //   NFTA_LIST_ELEM, 44 bytes, nested
      '08000100 636d7000', //     NFTA_EXPR_NAME "cmp"
      '20000280', //     NFTA_EXPR_DATA, 32 bytes, nested
      '08000100 00000008', //       NFTA_CMP_SREG NFT_REG32_00
      '08000200 00000001', //       NFTA_CMP_OP NFT_CMP_NEQ
      '0c000380', //       NFTA_CMP_DATA, 12 bytes, nested
      '08000100 00000000', //         NFTA_DATA_VALUE 00000000
      '10000180', //   NFTA_LIST_ELEM, 16 bytes, nested
      '09000100 6d617371 00000000', //     NFTA_EXPR_NAME "masq"
    ],
  ],
  [
    'newRule() asks for the type of an address and jumps',
    newRule('t', 'c', { expressions: [...toThisHost(), jump('p')], why: '' }),
    [
      'b4000000 060a010c 07000000 00000000', // nlmsghdr: 180 bytes, NFT_MSG_NEWRULE, NLM_F_REQUEST|NLM_F_CREATE|NLM_F_APPEND, sequence 7
      '01000000', // {nfgen_family=NFPROTO_INET}
      '06000100 74000000', // NFTA_RULE_TABLE "t"
      '06000200 63000000', // NFTA_RULE_CHAIN "c"
      '90000480', // NFTA_RULE_EXPRESSIONS, 144 bytes, nested
      '28000180', //   NFTA_LIST_ELEM, 40 bytes, nested
      '08000100 66696200', //     NFTA_EXPR_NAME "fib"
      '1c000280', //     NFTA_EXPR_DATA, 28 bytes, nested
      '08000100 00000008', //       NFTA_FIB_DREG NFT_REG32_00
      '08000200 00000003', //       NFTA_FIB_RESULT NFT_FIB_RESULT_ADDRTYPE
      '08000300 00000002', //       NFTA_FIB_FLAGS NFTA_FIB_F_DADDR
      '2c000180', //   NFTA_LIST_ELEM, 44 bytes, nested
      '08000100 636d7000', //     NFTA_EXPR_NAME "cmp"
      '20000280', //     NFTA_EXPR_DATA, 32 bytes, nested
      '08000100 00000008', //       NFTA_CMP_SREG NFT_REG32_00
      '08000200 00000000', //       NFTA_CMP_OP NFT_CMP_EQ
      '0c000380', //       NFTA_CMP_DATA, 12 bytes, nested
      '08000100 02000000', //         NFTA_DATA_VALUE 02000000
      '38000180', //   NFTA_LIST_ELEM, 56 bytes, nested
      '0e000100 696d6d65 64696174 65000000', //     NFTA_EXPR_NAME "immediate"
      '24000280', //     NFTA_EXPR_DATA, 36 bytes, nested
      '08000100 00000000', //       NFTA_IMMEDIATE_DREG NFT_REG_VERDICT
      '18000280', //       NFTA_IMMEDIATE_DATA, 24 bytes, nested
      '14000280', //         NFTA_DATA_VERDICT, 20 bytes, nested
      '08000100 fffffffd', //           NFTA_VERDICT_CODE NFT_JUMP
      '06000200 70000000', //           NFTA_VERDICT_CHAIN "p"
    ],
  ],
])('%s', (_title, message, bytes) => {
  const expected = bytes.join('').replaceAll(' ', '');
  expect(Buffer.from(encodeMessage(message, 7)).toString('hex')).toBe(expected);
});
