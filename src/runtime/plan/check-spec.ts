/** What a spec must be before any of it is played: config.json may be anybody's. Fields with rules of their own check themselves. */
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';

const largestID = 2_147_483_647;
/** uname(2): __NEW_UTS_LEN. */
const mostNameBytes = 64;

/** @throws GockerError `SPEC_INVALID` */
export function checkSpec(spec: Spec): void {
  const { process, linux } = spec;
  if (process.args.length === 0) throw invalid('process.args', 'it is empty', 'a command');
  if (!process.cwd.startsWith('/')) throw invalid('process.cwd', `it is "${process.cwd}"`, 'an absolute path');
  const { uid, gid, additionalGids = [], umask = 0 } = process.user;
  for (const id of [uid, gid, ...additionalGids]) {
    if (!isWithin(id, largestID)) throw invalid('process.user', `it has id ${id}`, `0 to ${largestID}`);
  }
  if (!isWithin(umask, 0o777)) throw invalid('process.user.umask', `it is ${umask}`, '0 to 0777');
  for (const [field, name] of Object.entries({ hostname: spec.hostname, domainname: spec.domainname })) {
    if (Buffer.byteLength(name ?? '') > mostNameBytes)
      throw invalid(field, `"${name}" is too long`, `${mostNameBytes} bytes`);
    if (name !== undefined && !linux.namespaces.some(({ type }) => type === 'uts')) {
      throw invalid(field, 'it would be the host’s', 'a UTS namespace');
    }
  }
  const paths = [...(linux.maskedPaths ?? []), ...(linux.readonlyPaths ?? [])];
  for (const path of paths)
    if (!path.startsWith('/')) throw invalid('linux', `"${path}" is relative`, 'absolute paths');
  for (const [field, text] of textsOf(spec)) {
    if (text.includes('\0')) throw invalid(field, `${JSON.stringify(text)} has a NUL in it`, 'none');
  }
}

function textsOf(spec: Spec): [field: string, text: string][] {
  const all = (field: string, texts: readonly string[] = []) => texts.map((text): [string, string] => [field, text]);
  return [
    ...all('process.args', spec.process.args),
    ...all('process.env', spec.process.env),
    ...all('process.cwd', [spec.process.cwd]),
    ...all('hostname', [spec.hostname ?? '', spec.domainname ?? '']),
    ...all('process.apparmorProfile', [spec.process.apparmorProfile ?? '']),
    ...all('linux.maskedPaths', spec.linux.maskedPaths),
    ...all('linux.readonlyPaths', spec.linux.readonlyPaths),
    ...(spec.mounts ?? []).flatMap(({ destination, source = '', options = [] }) =>
      all('mounts', [destination, source, ...options]),
    ),
  ];
}

function isWithin(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= most;
}

function invalid(field: string, is: string, expected: string): GockerError {
  return new GockerError('SPEC_INVALID', `cannot run the spec: ${field}: ${is} (expected ${expected})`);
}
