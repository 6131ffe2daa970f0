/**
 * --device-cgroup-rule: which nodes the container may make and use, devices.rst "Interface".
 *
 *   rule   ::= type " " number ":" number " " access
 *   type   ::= "a" | "b" | "c"
 *   number ::= "*" | digit+
 *   access ::= one to three of "r", "w", "m"
 */
import type { DeviceRule } from '../../../oci/index.ts';
import { optionError } from '../../options/option-error.ts';

const grammar = /^([abc]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/;

/**
 * What is said of every type is said of both: the kernel itself takes "a" for all devices, whatever numbers stand beside it.
 *
 * @throws GockerError `DEVICE_RULE_INVALID`
 */
export function parseDeviceRule(text: string): DeviceRule[] {
  const [, type, major = '*', minor = '*', access] = grammar.exec(text) ?? [];
  if (type === undefined || access === undefined || Number(major) > 4095 || Number(minor) > 1_048_575) {
    const expected = 'such as "c 42:* rmw": a, b or c, then major:minor, then some of "rwm"';
    const is = 'invalid device cgroup format';
    throw optionError({ code: 'DEVICE_RULE_INVALID', flag: '--device-cgroup-rule', value: text, is, expected });
  }
  const types = type === 'a' ? (['b', 'c'] as const) : ([type === 'b' ? 'b' : 'c'] as const);
  return types.map((each) => ({
    allow: true,
    type: each,
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access,
  }));
}
