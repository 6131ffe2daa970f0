/** What only the caller should know: its environment, and what it gives one container of it. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { attacked, attackTest, run, sh, start } from './box.ts';

const secret = 'correct-horse-battery-staple';

attackTest('the caller’s environment is nowhere in a container', async () => {
  process.env.GOCKER_TEST_TOKEN = secret;
  onTestFinished(() => {
    delete process.env.GOCKER_TEST_TOKEN;
  });
  expect(await sh('env; tr "\\0" "\\n" < /proc/1/environ; cat /proc/*/cmdline')).not.toContain(secret);
  const { stdout } = await run(['cat', '/proc/1/environ']);
  const names = stdout.split('\0').map((entry) => entry.replace(/=.*/, ''));
  expect(names.sort()).toEqual(['', 'HOME', 'HOSTNAME', 'PATH']);
});

attackTest('what one container is given is not in another', async () => {
  await using other = await start(['sleep', '1000'], { env: [`TOKEN=${secret}`] });
  expect(readFileSync(`/proc/${other.pid}/environ`, 'utf8')).toContain(secret);
  expect(await sh('env; cat /proc/*/environ | tr "\\0" "\\n"')).not.toContain(secret);
});

attackTest('files that hold a container’s environment are its owner’s alone', async () => {
  const { host, engine } = await attacked();
  const container = await start(['sleep', '1000'], { env: [`TOKEN=${secret}`], autoRemove: false, name: 'secret' });
  const found = filesWith(host.root, secret);
  expect(found.length).toBeGreaterThan(0);
  for (const path of found) expect([path, lstatSync(path).mode & 0o077]).toEqual([path, 0]);
  await container[Symbol.asyncDispose]();
  for (const path of filesWith(host.root, secret)) expect([path, lstatSync(path).mode & 0o077]).toEqual([path, 0]);
  await engine.removeContainer('secret');
  expect(filesWith(host.root, secret)).toEqual([]);
});

attackTest('the calls that are told to have been played do not tell it', async () => {
  await using container = await start(['sleep', '1000'], { env: [`TOKEN=${secret}`] });
  expect(JSON.stringify(container.explain())).not.toContain(secret);
});

attackTest('no error tells it', async () => {
  const error = await run(['/nowhere'], { env: [`TOKEN=${secret}`] }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  const { message, hint, cause, stack } = error as Error & { hint?: string };
  expect(`${message}${hint}${stack}${cause}${(cause as Error).stack}`).not.toContain(secret);
});

/** Files in a tree, layers of images aside. */
function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'layers' || entry.name === 'blobs' ? [] : filesWith(path, text);
    return entry.isFile() && readFileSync(path, 'utf8').includes(text) ? [path] : [];
  });
}
