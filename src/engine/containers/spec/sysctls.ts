/** --sysctl: those that docker knows to be of a namespace, network_namespaces(7) and ipc_namespaces(7). */
import type { LinuxSpec } from '../../../oci/index.ts';
import { optionError } from '../../options/option-error.ts';

const known = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
];
const families = ['net.', 'fs.mqueue.'];

/**
 * @param texts `key=value`
 * @param namespaces the container's: a sysctl of one that it shares would be set for others too
 * @throws GockerError `SYSCTL_INVALID`
 */
export function parseSysctls(
  texts: readonly string[],
  namespaces: LinuxSpec['namespaces'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => parseSysctl(text, namespaces)));
}

function parseSysctl(text: string, namespaces: LinuxSpec['namespaces']): [key: string, value: string] {
  const invalid = (is: string, expected: string) =>
    optionError({ code: 'SYSCTL_INVALID', flag: '--sysctl', value: text, is, expected });
  const equals = text.indexOf('=');
  if (equals < 1) throw invalid('it sets nothing', 'key=value');
  const key = text.slice(0, equals);
  if (!known.includes(key) && !families.some((family) => key.startsWith(family))) {
    throw invalid(
      `sysctl "${key}" is not allowed: it is of the whole machine, not of a namespace`,
      `net.*, fs.mqueue.* or one of ${known.join(', ')}`,
    );
  }
  const namespace = key.startsWith('net.') ? 'network' : 'ipc';
  if (!namespaces.some(({ type, path }) => type === namespace && path === undefined)) {
    throw invalid(
      `sysctl "${key}" is not allowed where the ${namespace} namespace is shared: it would change it for all`,
      `a container that has its ${namespace} namespace to itself`,
    );
  }
  return [key, text.slice(equals + 1)];
}
