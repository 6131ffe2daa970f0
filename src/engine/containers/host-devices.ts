/** Device nodes of this machine, as a container gets them: with their numbers, owners and permissions. Synchronous. */
import { type BigIntStats, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceRule, LinuxDevice } from '../../oci/index.ts';
import { type DeviceFlag, invalidDevice } from './spec/device-flag.ts';

export interface GrantedDevice {
  readonly device: LinuxDevice;
  readonly rule: DeviceRule;
}

/** Of the host's /dev what is the container's own: terminals, a console, queues and descriptors. */
const own = new Set(['pts', 'shm', 'fd', 'mqueue', 'console', 'ptmx', 'null', '.lxc', '.lxd-mounts', '.udev']);

/**
 * A directory stands for all devices in it, at the same places below the target.
 *
 * @throws GockerError `DEVICE_INVALID`
 */
export function grantDevice(flag: DeviceFlag): GrantedDevice[] {
  const stats = statSync(flag.source, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) throw refuse(flag, `there is no "${flag.source}" on this machine`);
  const devices = stats.isDirectory()
    ? devicesBelow(flag.source, flag.target)
    : [deviceOf(flag.target, stats)].filter((device) => device !== undefined);
  if (devices.length === 0) {
    throw refuse(
      flag,
      stats.isDirectory() ? `"${flag.source}" has no device in it` : `"${flag.source}" is not a device node`,
    );
  }
  return devices.map((device) => ({ device, rule: ruleFor(device, flag.access) }));
}

/** All that `--privileged` gives. */
export function hostDevices(): LinuxDevice[] {
  return devicesBelow('/dev', '/dev', own);
}

function devicesBelow(source: string, target: string, skipped: ReadonlySet<string> = new Set()): LinuxDevice[] {
  return readdirSync(source, { withFileTypes: true }).flatMap((entry) => {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return devicesBelow(from, to);
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return [];
    // It may be unplugged between the two looks.
    const stats = lstatSync(from, { bigint: true, throwIfNoEntry: false });
    const device = stats === undefined ? undefined : deviceOf(to, stats);
    return device === undefined ? [] : [device];
  });
}

function deviceOf(path: string, stats: BigIntStats): LinuxDevice | undefined {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return undefined;
  const { rdev, mode, uid, gid } = stats;
  return {
    path,
    type: stats.isBlockDevice() ? 'b' : 'c',
    major: Number((rdev >> 8n) & 0xfffn),
    minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)),
    fileMode: Number(mode & 0o777n),
    uid: Number(uid),
    gid: Number(gid),
  };
}

function ruleFor({ type, major = 0, minor = 0 }: LinuxDevice, access: string): DeviceRule {
  return { allow: true, type: type === 'b' ? 'b' : 'c', major, minor, access };
}

function refuse(flag: DeviceFlag, is: string) {
  return invalidDevice(flag.text, is, 'a device node of this machine, or a directory of them');
}
