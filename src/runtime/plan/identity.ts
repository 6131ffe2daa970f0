/**
 * Who the container's process is and what it may do: capabilities(7), credentials(7). The order is the kernel's: the bounding
 * set while CAP_SETPCAP is there, groups and ids while CAP_SETGID and CAP_SETUID are, the sets last of all.
 */
import type { Process } from '../../oci/index.ts';
import { flags, type hex, type KernelCall, LINUX_CAPABILITY_VERSION, PR, PR_CAP_AMBIENT } from '../../syscall/index.ts';
import { capabilitiesIn, capabilityMask, capabilityNames, capabilityNumber } from '../spec/capabilities.ts';
import type { HostFacts } from './input.ts';
import { capabilityData, capabilityHeader, groupList } from './structures.ts';

/** @param lent capabilities that are kept beyond the process's own, until lowerEffective() */
export function takeIdentity(process: Process, host: HostFacts, lent = 0n): KernelCall[] {
  const { uid, gid, additionalGids = [] } = process.user;
  const own = effectiveMasks(process, host);
  const masks = { ...own, permitted: own.permitted | lent, effective: own.effective | lent };
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_KEEPCAPS'), 1, 0, 0, 0],
      why: 'leaving uid 0 would drop all capabilities before they are set',
    },
    ...dropFromBounding(masks.bounding, host.lastCapability),
    {
      call: 'setgroups',
      args: [additionalGids.length, groupList(additionalGids)],
      why: "none of the host's groups stays",
    },
    { call: 'setresgid', args: [gid, gid, gid], why: 'before the uid, which carries the right to' },
    { call: 'setresuid', args: [uid, uid, uid], why: 'real, effective and saved: there is no way back' },
    {
      call: 'capset',
      args: [capabilityHeader(LINUX_CAPABILITY_VERSION._LINUX_CAPABILITY_VERSION_3), capabilityData(masks)],
      why: `keeps ${capabilitiesIn(own.permitted).length} of the host root's powers${lent === 0n ? '' : `, and ${capabilitiesIn(lent).join()} for a while`}`,
    },
    ...raiseAmbient(masks.ambient),
    ...(process.noNewPrivileges === true
      ? [
          {
            call: 'prctl',
            args: [flags(PR, 'PR_SET_NO_NEW_PRIVS'), 1, 0, 0, 0],
            why: 'no setuid program gives any of it back',
          },
        ]
      : []),
  ];
}

/**
 * The last of all: nothing below needs a power, and without CAP_DAC_OVERRIDE the handover's file can't be read. execve(2) makes
 * the effective set anew.
 */
export function lowerEffective(process: Process, host: HostFacts): KernelCall {
  const masks = { ...effectiveMasks(process, host), effective: 0n };
  return {
    call: 'capset',
    args: [capabilityHeader(LINUX_CAPABILITY_VERSION._LINUX_CAPABILITY_VERSION_3), capabilityData(masks)],
    why: 'none is needed any more, and with none we can’t read the handover’s file',
  };
}

/** Capabilities that the spec gives and gocker itself has not: nobody can give those away. */
export function lackingCapabilities(process: Process, host: HostFacts): string[] {
  const { bounding = [], permitted = [] } = process.capabilities ?? {};
  return capabilitiesIn(capabilityMask([...bounding, ...permitted]) & ~host.capabilities);
}

/** The spec's sets, each cut to what capset(2) takes: permitted ⊆ bounding, effective ⊆ permitted, ambient ⊆ both others. */
function effectiveMasks(process: Process, host: HostFacts) {
  const sets = process.capabilities ?? {};
  const bounding = capabilityMask(sets.bounding ?? []) & host.capabilities;
  const permitted = capabilityMask(sets.permitted ?? []) & host.capabilities;
  const effective = capabilityMask(sets.effective ?? []) & permitted;
  const inheritable = capabilityMask(sets.inheritable ?? []) & bounding;
  const ambient = capabilityMask(sets.ambient ?? []) & permitted & inheritable;
  return { bounding, permitted, effective, inheritable, ambient };
}

function dropFromBounding(kept: bigint, last: number): KernelCall[] {
  const calls: KernelCall[] = [];
  for (let number = 0; number <= last; number++) {
    if (((kept >> BigInt(number)) & 1n) === 1n) continue;
    const name = capabilityNames[number] ?? `CAP_${number}`;
    calls.push({
      call: 'prctl',
      args: [flags(PR, 'PR_CAPBSET_DROP'), capability(number), 0, 0, 0],
      why: `no program in the container can gain ${name}`,
    });
  }
  return calls;
}

function raiseAmbient(mask: bigint): KernelCall[] {
  return capabilitiesIn(mask).map((name) => ({
    call: 'prctl',
    args: [
      flags(PR, 'PR_CAP_AMBIENT'),
      flags(PR_CAP_AMBIENT, 'PR_CAP_AMBIENT_RAISE'),
      capability(capabilityNumber(name)),
      0,
      0,
    ],
    why: `${name} survives execve of an ordinary program`,
  }));
}

function capability(number: number): ReturnType<typeof hex> {
  const name = capabilityNames[number];
  return name === undefined ? number : { kind: 'constant', value: number, text: name };
}
