/** Capabilities by name and number, capabilities(7) and linux/capability.h; sets of them as 64-bit masks. */
import { GockerError } from '../../errors/index.ts';

/** In the kernel's order: the index is the number. */
export const capabilityNames = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];

/** What a container's root may do where nobody says otherwise: docker's fourteen. */
export const defaultCapabilities: readonly CapabilityName[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

const numbers = new Map<string, number>(capabilityNames.map((name, number) => [name, number]));

/**
 * @param name as the runtime spec and docker write it: `CAP_CHOWN`, `chown`
 * @throws GockerError `CAPABILITY_UNKNOWN`
 */
export function capabilityNumber(name: string): number {
  const upper = name.toUpperCase();
  const number = numbers.get(upper.startsWith('CAP_') ? upper : `CAP_${upper}`);
  if (number !== undefined) return number;
  throw new GockerError(
    'CAPABILITY_UNKNOWN',
    `cannot use capability "${name}": there is none of that name (expected one of capabilities(7))`,
    { hint: 'Write it as capabilities(7) does, such as CAP_NET_ADMIN.' },
  );
}

/** @throws GockerError `CAPABILITY_UNKNOWN` */
export function capabilityMask(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(capabilityNumber(name))), 0n);
}

/** The names in a mask, in the kernel's order; a bit that has no name yet is `CAP_<number>`. */
export function capabilitiesIn(mask: bigint): string[] {
  const names: string[] = [];
  for (let number = 0, rest = mask; rest !== 0n; number++, rest >>= 1n) {
    if ((rest & 1n) === 1n) names.push(capabilityNames[number] ?? `CAP_${number}`);
  }
  return names;
}
