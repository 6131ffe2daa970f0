/**
 * --device.
 *
 *   device ::= source [":" target] [":" access]      of two, the second is the access where it can be
 *   access ::= one to three of "r", "w", "m", each once; "rwm" where nothing is said
 */
import { posix } from 'node:path';
import { optionError } from '../../options/option-error.ts';

export interface DeviceFlag {
  readonly text: string;
  /** On this machine. */
  readonly source: string;
  /** In the container: absolute and normal. */
  readonly target: string;
  readonly access: string;
}

/** @throws GockerError `DEVICE_INVALID` */
export function parseDevice(text: string): DeviceFlag {
  const parts = text.split(':');
  const [source = '', second, third] = parts;
  if (parts.length > 3 || source === '') throw invalidDevice(text, 'bad format for path', 'source[:target][:rwm]');
  if (/^[^/]+\/[^/=]+=/.test(source)) {
    throw invalidDevice(
      text,
      'it is the name of a CDI device, and gocker reads no CDI files',
      'the path of a device node',
    );
  }
  if (!source.startsWith('/')) throw invalidDevice(text, `${source} is not an absolute path`, 'such as /dev/fuse');
  const access = parts.length === 3 ? third : isAccess(second) ? second : 'rwm';
  const target = parts.length === 3 || !isAccess(second) ? (second ?? source) : source;
  if (!isAccess(access)) throw invalidDevice(text, `bad mode specified: ${access}`, 'some of "rwm", each once');
  if (!target.startsWith('/')) throw invalidDevice(text, `${target} is not an absolute path`, 'such as /dev/fuse');
  const path = posix.normalize(target).replace(/(?<=.)\/$/, '');
  if (path === '/' || /^\/(?:proc|sys)(?:\/|$)/.test(path)) {
    throw invalidDevice(text, `no node can be made at ${path}`, 'a place such as /dev/fuse');
  }
  return { text, source, target: path, access };
}

export function invalidDevice(text: string, is: string, expected: string) {
  return optionError({ code: 'DEVICE_INVALID', flag: '--device', value: text, is, expected });
}

function isAccess(text: string | undefined): text is string {
  return text !== undefined && /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
