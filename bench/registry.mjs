/** Debian's docker-registry on a free port of loopback, for the length of a run. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainEnvironment } from './stage.mjs';

/** What the registry and filling it need. */
export const registryPrograms = ['docker-registry', 'skopeo'];

/**
 * @param {import('./scratch.mjs').Scratch} scratch
 * @param {import('./images.mjs').BenchImage[]} images
 * @returns {Promise<string>} its host: image `x` is `<host>/bench/x:1`
 */
export async function startRegistry(scratch, images) {
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(scratch.path, 'registry.yml');
  const data = join(scratch.path, 'registry');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${data}}}\nhttp: {addr: "${host}"}\n`,
  );
  const server = spawn('docker-registry', ['serve', config], { stdio: 'ignore', env: plainEnvironment() });
  scratch.onEnd(async () => {
    if (server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill();
    await exited;
  });
  await answers(host);
  for (const { name, layout } of images) {
    const target = `docker://${host}/bench/${name}:1`;
    const argv = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false', `oci:${layout}:1`, target];
    execFileSync('skopeo', argv, { env: plainEnvironment() });
  }
  return host;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  return port;
}

/** @param {string} host */
async function answers(host) {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(25);
  }
  throw new Error(`docker-registry does not answer at ${host}`);
}
