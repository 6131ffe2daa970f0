/** Flags of `run` on what the container's processes may do. */
import type { PrivilegeOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { listed, present } from './present.ts';

export const privilegeFlags = {
  capAdd: { flags: '--cap-add <list>', kind: 'list', description: 'Give a capability: NET_ADMIN, or ALL' },
  capDrop: { flags: '--cap-drop <list>', kind: 'list', description: 'Take a capability away: NET_RAW, or ALL' },
  device: {
    flags: '--device <list>',
    kind: 'list',
    description: "Give a device of this machine's: /dev/fuse[:/dev/x][:rwm]",
  },
  deviceCgroupRule: {
    flags: '--device-cgroup-rule <list>',
    kind: 'list',
    description: 'Let nodes of these numbers be used: "c 42:* rmw"',
  },
  groupAdd: {
    flags: '--group-add <list>',
    kind: 'list',
    description: 'Run in this group too: a name of the image, or a gid',
  },
  oomScoreAdj: {
    flags: '--oom-score-adj <number>',
    kind: 'text',
    description: 'When to be killed for want of memory: -1000 (last) to 1000 (first)',
  },
  privileged: {
    flags: '--privileged',
    kind: 'boolean',
    description: 'Give all capabilities and devices, and mask nothing: hardly a confinement any more',
  },
  securityOpt: {
    flags: '--security-opt <list>',
    kind: 'list',
    description: 'no-new-privileges, seccomp=FILE|unconfined, apparmor=PROFILE, systempaths=unconfined …',
  },
  shmSize: { flags: '--shm-size <size>', kind: 'text', description: 'Size of /dev/shm (default: 64m)' },
  sysctl: {
    flags: '--sysctl <list>',
    kind: 'list',
    description: "Set a sysctl of the container's own: net.ipv4.ip_forward=1",
  },
  ulimit: { flags: '--ulimit <list>', kind: 'list', description: 'Set a resource limit: nofile=1024[:2048]' },
} as const satisfies Options;

export function readPrivilegeOptions(flags: Flags<typeof privilegeFlags>): PrivilegeOptions {
  return {
    ...(flags.privileged ? { privileged: true } : {}),
    ...present({ oomScoreAdj: flags.oomScoreAdj, shmSize: flags.shmSize }),
    ...listed({
      capAdd: flags.capAdd,
      capDrop: flags.capDrop,
      devices: flags.device,
      deviceCgroupRules: flags.deviceCgroupRule,
      groupAdd: flags.groupAdd,
      securityOpt: flags.securityOpt,
      sysctls: flags.sysctl,
      ulimits: flags.ulimit,
    }),
  };
}
