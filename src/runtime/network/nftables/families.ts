/** Numbers of nf_tables, from linux/netfilter/nf_tables.h, nfnetlink.h, nf_nat.h and nf_conntrack_common.h. */

export const NFT_MSG = {
  NFT_MSG_NEWTABLE: 0,
  NFT_MSG_GETTABLE: 1,
  NFT_MSG_DELTABLE: 2,
  NFT_MSG_NEWCHAIN: 3,
  NFT_MSG_GETCHAIN: 4,
  NFT_MSG_DELCHAIN: 5,
  NFT_MSG_NEWRULE: 6,
  NFT_MSG_GETRULE: 7,
  NFT_MSG_DELRULE: 8,
  NFT_MSG_NEWSET: 9,
  NFT_MSG_GETSET: 10,
  NFT_MSG_DELSET: 11,
  NFT_MSG_NEWSETELEM: 12,
  NFT_MSG_GETSETELEM: 13,
  NFT_MSG_DELSETELEM: 14,
} as const;

export const NFPROTO = { NFPROTO_UNSPEC: 0, NFPROTO_INET: 1, NFPROTO_IPV4: 2, NFPROTO_IPV6: 10 } as const;

export const NFTA_TABLE = { NFTA_TABLE_NAME: 1 } as const;

export const NFTA_CHAIN = {
  NFTA_CHAIN_TABLE: 1,
  NFTA_CHAIN_NAME: 3,
  NFTA_CHAIN_HOOK: 4,
  NFTA_CHAIN_POLICY: 5,
  NFTA_CHAIN_TYPE: 7,
} as const;
export const NFTA_HOOK = { NFTA_HOOK_HOOKNUM: 1, NFTA_HOOK_PRIORITY: 2 } as const;
export const NF_INET = {
  NF_INET_PRE_ROUTING: 0,
  NF_INET_LOCAL_IN: 1,
  NF_INET_FORWARD: 2,
  NF_INET_LOCAL_OUT: 3,
  NF_INET_POST_ROUTING: 4,
} as const;

export const NFTA_RULE = { NFTA_RULE_TABLE: 1, NFTA_RULE_CHAIN: 2, NFTA_RULE_EXPRESSIONS: 4 } as const;
export const NFTA_LIST = { NFTA_LIST_ELEM: 1 } as const;
export const NFTA_EXPR = { NFTA_EXPR_NAME: 1, NFTA_EXPR_DATA: 2 } as const;

export const NFTA_SET = {
  NFTA_SET_TABLE: 1,
  NFTA_SET_NAME: 2,
  NFTA_SET_FLAGS: 3,
  NFTA_SET_KEY_TYPE: 4,
  NFTA_SET_KEY_LEN: 5,
  NFTA_SET_DATA_TYPE: 6,
  NFTA_SET_DATA_LEN: 7,
  NFTA_SET_DESC: 9,
  NFTA_SET_ID: 10,
  NFTA_SET_USERDATA: 13,
} as const;
export const NFTA_SET_DESC = { NFTA_SET_DESC_SIZE: 1, NFTA_SET_DESC_CONCAT: 2 } as const;
export const NFTA_SET_FIELD = { NFTA_SET_FIELD_LEN: 1 } as const;
export const NFT_SET = {
  NFT_SET_INTERVAL: 0x4,
  NFT_SET_MAP: 0x8,
  NFT_SET_TIMEOUT: 0x10,
  NFT_SET_CONCAT: 0x80,
} as const;

export const NFTA_SET_ELEM = {
  NFTA_SET_ELEM_KEY: 1,
  NFTA_SET_ELEM_DATA: 2,
  NFTA_SET_ELEM_TIMEOUT: 4,
  NFTA_SET_ELEM_KEY_END: 10,
} as const;
export const NFTA_SET_ELEM_LIST = {
  NFTA_SET_ELEM_LIST_TABLE: 1,
  NFTA_SET_ELEM_LIST_SET: 2,
  NFTA_SET_ELEM_LIST_ELEMENTS: 3,
} as const;

export const NFTA_DATA = { NFTA_DATA_VALUE: 1, NFTA_DATA_VERDICT: 2 } as const;
export const NFTA_VERDICT = { NFTA_VERDICT_CODE: 1, NFTA_VERDICT_CHAIN: 2 } as const;
export const VERDICT = { NF_DROP: 0, NF_ACCEPT: 1, NFT_JUMP: -3, NFT_GOTO: -4, NFT_RETURN: -5 } as const;

/** Four of 16 bytes, or sixteen of 4 that lie in the same place: NFT_REG32_04 is where NFT_REG_2 begins. */
export const NFT_REG = {
  NFT_REG_VERDICT: 0,
  NFT_REG_1: 1,
  NFT_REG_2: 2,
  NFT_REG_3: 3,
  NFT_REG_4: 4,
  NFT_REG32_00: 8,
} as const;

export const NFTA_META = { NFTA_META_DREG: 1, NFTA_META_KEY: 2 } as const;
export const NFT_META = {
  NFT_META_IIFNAME: 6,
  NFT_META_OIFNAME: 7,
  NFT_META_NFPROTO: 15,
  NFT_META_L4PROTO: 16,
} as const;

export const NFTA_PAYLOAD = {
  NFTA_PAYLOAD_DREG: 1,
  NFTA_PAYLOAD_BASE: 2,
  NFTA_PAYLOAD_OFFSET: 3,
  NFTA_PAYLOAD_LEN: 4,
} as const;
export const NFT_PAYLOAD = { NFT_PAYLOAD_NETWORK_HEADER: 1, NFT_PAYLOAD_TRANSPORT_HEADER: 2 } as const;

export const NFTA_CMP = { NFTA_CMP_SREG: 1, NFTA_CMP_OP: 2, NFTA_CMP_DATA: 3 } as const;
export const NFT_CMP = { NFT_CMP_EQ: 0, NFT_CMP_NEQ: 1 } as const;

export const NFTA_LOOKUP = {
  NFTA_LOOKUP_SET: 1,
  NFTA_LOOKUP_SREG: 2,
  NFTA_LOOKUP_DREG: 3,
  NFTA_LOOKUP_FLAGS: 5,
} as const;
export const NFT_LOOKUP_F = { NFT_LOOKUP_F_INV: 1 } as const;

export const NFTA_CT = { NFTA_CT_DREG: 1, NFTA_CT_KEY: 2 } as const;
export const NFT_CT = { NFT_CT_STATE: 0, NFT_CT_STATUS: 2 } as const;
/** As `ct state` has them: NF_CT_STATE_BIT(). */
export const CT_STATE = { INVALID: 1, ESTABLISHED: 2, RELATED: 4, NEW: 8 } as const;
export const IPS = { IPS_DST_NAT: 0x20 } as const;

export const NFTA_BITWISE = {
  NFTA_BITWISE_SREG: 1,
  NFTA_BITWISE_DREG: 2,
  NFTA_BITWISE_LEN: 3,
  NFTA_BITWISE_MASK: 4,
  NFTA_BITWISE_XOR: 5,
} as const;

export const NFTA_FIB = { NFTA_FIB_DREG: 1, NFTA_FIB_RESULT: 2, NFTA_FIB_FLAGS: 3 } as const;
export const NFT_FIB = { NFT_FIB_RESULT_ADDRTYPE: 3, NFTA_FIB_F_DADDR: 2 } as const;
/** linux/rtnetlink.h */
export const RTN_LOCAL = 2;

export const NFTA_NAT = {
  NFTA_NAT_TYPE: 1,
  NFTA_NAT_FAMILY: 2,
  NFTA_NAT_REG_ADDR_MIN: 3,
  NFTA_NAT_REG_PROTO_MIN: 5,
  NFTA_NAT_FLAGS: 7,
} as const;
export const NFT_NAT = { NFT_NAT_DNAT: 1 } as const;
export const NF_NAT_RANGE = { NF_NAT_RANGE_MAP_IPS: 1, NF_NAT_RANGE_PROTO_SPECIFIED: 2 } as const;

export const NFTA_IMMEDIATE = { NFTA_IMMEDIATE_DREG: 1, NFTA_IMMEDIATE_DATA: 2 } as const;
