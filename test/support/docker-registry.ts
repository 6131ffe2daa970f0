/** Debian's docker-registry on a free loopback port: the independent judge beside our own misbehaving one. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const binary = '/usr/bin/docker-registry';

/** False where Debian's packages docker-registry and skopeo are not installed: tests then skip themselves aloud. */
export const hasDockerRegistry = existsSync(binary) && existsSync('/usr/bin/skopeo');

export interface DockerRegistry {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Its storage. */
  readonly root: string;
  /** Copies an image with skopeo(1), e.g. from `oci:/path:tag` to `library/alpine:latest`; an index as a whole. */
  copy(source: string, name: string): Promise<void>;
  /** Ends the process and removes its storage. */
  close(): Promise<void>;
}

export async function startDockerRegistry(): Promise<DockerRegistry> {
  const root = await mkdtemp(join(tmpdir(), 'gocker-docker-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(root, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${root}/data}, delete: {enabled: true}}\nhttp: {addr: "${host}"}\n`,
  );
  const child = spawn(binary, ['serve', config], { stdio: 'ignore' });
  try {
    await untilItAnswers(host, child);
  } catch (error) {
    child.kill('SIGKILL');
    await rm(root, { recursive: true, force: true });
    throw error;
  }
  return {
    host,
    root,
    copy: async (source, name) => {
      const args = ['--insecure-policy', 'copy', '--all', '--quiet', '--dest-tls-verify=false'];
      await promisify(execFile)('skopeo', [...args, source, `docker://${host}/${name}`]);
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill();
        await exited;
      }
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function untilItAnswers(host: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with exit code ${child.exitCode}`);
    const answered = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answered?.ok) return;
    await sleep(25);
  }
  throw new Error(`docker-registry does not answer at ${host}`);
}
