/** Device rules for the controller of cgroup v1, cgroup-v1/devices.rst: what is denied and allowed, in the rules' order. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceRule } from '../../oci/index.ts';

/** Lines for `devices.allow` and `devices.deny`: `c 1:3 rwm`. All devices at once are `a`. */
export function deviceEntries(
  rules: readonly DeviceRule[],
): { file: 'devices.allow' | 'devices.deny'; value: string }[] {
  return rules.map(({ allow, type = 'a', major, minor, access = 'rwm' }) => {
    const isAll = type === 'a' && major === undefined && minor === undefined;
    const value = isAll ? 'a' : `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`;
    return { file: allow ? 'devices.allow' : 'devices.deny', value };
  });
}

export function writeDeviceRules(directory: string, rules: readonly DeviceRule[]): void {
  for (const { file, value } of deviceEntries(rules)) writeFileSync(join(directory, file), value, { flag: 'r+' });
}
