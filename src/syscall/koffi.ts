/**
 * koffi, loaded when the first libc function is called and not before: its native addon costs every start 6 ms, and most of
 * this folder is constants and plans that never need it. Required, not imported, since an import() would make every call
 * asynchronous.
 */
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi').default;

let loaded: Koffi | undefined;

export function koffi(): Koffi {
  loaded ??= createRequire(import.meta.url)('koffi') as Koffi;
  return loaded;
}
