/** A program of its own that uses src/syscall: for what must not happen to the test's own process. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';

const repository = join(import.meta.dirname, '../../..');

export class Script {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param body statements of an ES module, with the names of src/syscall at hand as `syscall` */
  static async bundle(body: string): Promise<Script> {
    const folder = mkdtempSync(join(tmpdir(), 'gocker-script-'));
    const input = join(folder, 'script.ts');
    mkdirSync(join(folder, 'out'), { mode: 0o755 });
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(
      input,
      `import * as syscall from ${JSON.stringify(join(repository, 'src/syscall/index.ts'))};\n${body}`,
    );
    await build({
      input,
      platform: 'node',
      external: ['koffi'],
      output: { file: join(folder, 'out/script.js') },
      logLevel: 'silent',
    });
    spawnSync('chmod', ['755', folder]);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    return new Script(folder);
  }

  get #path(): string {
    return join(this.#folder, 'out/script.js');
  }

  /** @param uid whom to run it as */
  run(uid?: number): SpawnSyncReturns<string> {
    const identity = uid === undefined ? {} : { uid, gid: uid };
    return spawnSync(process.execPath, [this.#path], { encoding: 'utf8', timeout: 30_000, cwd: '/', ...identity });
  }

  start() {
    return spawn(process.execPath, [this.#path], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
