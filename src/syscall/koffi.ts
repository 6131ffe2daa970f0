/**
 * koffi, loaded when the first libc function is called and not before: most of this folder is constants and plans that never
 * need it. Required, not imported, since an import() would make every call asynchronous.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi').default;

let loaded: Koffi | undefined;

export function koffi(): Koffi {
  loaded ??= load();
  return loaded;
}

/**
 * koffi's own index spends 6 ms on finding out which of its addons fits; the addon itself takes 1. Where there is no musl, it
 * can only be that for glibc; where it is not in the place known (another package manager's tree, a later koffi), and beside
 * musl, koffi finds it.
 */
function load(): Koffi {
  const require = createRequire(import.meta.url);
  const { arch } = process;
  const musl = existsSync(`/lib/ld-musl-${arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`);
  try {
    if (!musl) return require(`@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`);
  } catch {
    // The road below is the one that always works.
  }
  return require('koffi');
}
