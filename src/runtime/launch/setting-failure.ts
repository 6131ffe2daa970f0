/** A file of /proc that did not take what was to be set: which setting it was, what the kernel has against it, and the cure. */
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { type KernelCall, TapeError } from '../../syscall/index.ts';
import { apparmorFile } from '../plan/settings.ts';
import { fileOf } from './warnings.ts';

/** @returns undefined where it was something else that failed */
export function settingFailure(spec: Spec, error: Error): GockerError | undefined {
  if (!(error instanceof TapeError)) return undefined;
  const file = fileOf(error.call);
  if (file === apparmorFile) return apparmorFailure(spec.process.apparmorProfile ?? '', error);
  const sysctl = /^\/proc\/sys\/(.*)$/.exec(file ?? '')?.[1];
  return sysctl === undefined ? undefined : sysctlFailure(sysctl.replaceAll('/', '.'), error);
}

function sysctlFailure(key: string, cause: TapeError): GockerError {
  const name = JSON.stringify(key);
  if (cause.code === 'ENOENT') {
    const message = `cannot set sysctl ${name}: this kernel has none of that name (expected a file of /proc/sys)`;
    return new GockerError('SYSCTL_INVALID', message, {
      cause,
      hint: 'Check its spelling; the module that brings it may not be loaded.',
    });
  }
  const value = writtenBy(cause.call);
  const message = `cannot set sysctl ${name}${value}: the kernel refuses it with ${cause.code} (expected a value that it takes)`;
  return new GockerError('SYSCTL_INVALID', message, {
    cause,
    hint: 'What it takes is told in the kernel’s documentation of sysctls.',
  });
}

function apparmorFailure(profile: string, cause: TapeError): GockerError {
  const isOff = cause.call.call !== 'write';
  const is = isOff ? 'this kernel runs without AppArmor' : `the kernel has no such profile (${cause.code})`;
  return new GockerError(
    'APPARMOR_INVALID',
    `cannot confine the container by AppArmor profile ${JSON.stringify(profile)}: ${is}`,
    {
      cause,
      hint: isOff
        ? 'Leave out --security-opt apparmor, or boot with apparmor=1 security=apparmor.'
        : 'Load it with apparmor_parser -r FILE; /sys/kernel/security/apparmor/profiles lists those that are loaded.',
    },
  );
}

/** ` to "1"` */
function writtenBy({ call, args }: KernelCall): string {
  const [, bytes] = args;
  return call === 'write' && typeof bytes === 'object' && bytes?.kind === 'buffer' ? ` to ${bytes.text}` : '';
}
