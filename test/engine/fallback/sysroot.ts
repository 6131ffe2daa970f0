/** A machine's files in a temporary directory, to be looked at as if it were the root. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Path → content; a string that begins with `-> ` is a symlink, and a file under a `bin` may be executed. Gone after the test. */
export function makeSysroot(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'gocker-sysroot-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof content === 'string' && content.startsWith('-> ')) {
      symlinkSync(content.slice(3), target);
      continue;
    }
    writeFileSync(target, content);
    if (/\/s?bin\//.test(path)) chmodSync(target, 0o755);
  }
  return root;
}
