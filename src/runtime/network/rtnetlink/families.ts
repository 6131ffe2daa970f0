/** Numbers of rtnetlink(7), from linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/if.h and linux/veth.h. */

export const RTM = {
  RTM_NEWLINK: 16,
  RTM_DELLINK: 17,
  RTM_GETLINK: 18,
  RTM_NEWADDR: 20,
  RTM_GETADDR: 22,
  RTM_NEWROUTE: 24,
  RTM_DELROUTE: 25,
  RTM_GETROUTE: 26,
} as const;

export const IFLA = {
  IFLA_ADDRESS: 1,
  IFLA_IFNAME: 3,
  IFLA_MTU: 4,
  IFLA_MASTER: 10,
  IFLA_LINKINFO: 18,
  IFLA_NET_NS_FD: 28,
  IFLA_EXT_MASK: 29,
} as const;

export const RTEXT_FILTER = { RTEXT_FILTER_SKIP_STATS: 8 } as const;

export const IFLA_INFO = {
  IFLA_INFO_KIND: 1,
  IFLA_INFO_DATA: 2,
  IFLA_INFO_SLAVE_KIND: 4,
  IFLA_INFO_SLAVE_DATA: 5,
} as const;

export const IFLA_BRPORT = { IFLA_BRPORT_MODE: 4 } as const;

export const VETH_INFO = { VETH_INFO_PEER: 1 } as const;

export const IFF = { IFF_UP: 0x1 } as const;

export const IFA = { IFA_ADDRESS: 1, IFA_LOCAL: 2, IFA_FLAGS: 8 } as const;

/** No duplicate address detection: the address can be used at once. */
export const IFA_F = { IFA_F_NODAD: 0x02 } as const;

export const RTA = { RTA_DST: 1, RTA_OIF: 4, RTA_GATEWAY: 5, RTA_PRIORITY: 6, RTA_TABLE: 15 } as const;

export const RT_TABLE = { RT_TABLE_MAIN: 254, RT_TABLE_LOCAL: 255 } as const;
export const RTPROT = { RTPROT_STATIC: 4 } as const;
export const RT_SCOPE = { RT_SCOPE_UNIVERSE: 0, RT_SCOPE_LINK: 253 } as const;
export const RTN = { RTN_UNICAST: 1 } as const;
