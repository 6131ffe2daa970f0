/** An image of three layers in Debian's docker-registry, whose storage the VM sees: there the same registry is started again. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alpineImage } from '../e2e/alpine-image.ts';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { writeLayout } from '../support/images/index.ts';

const tarball = join(import.meta.dirname, '..', '..', '..', 'shared', 'alpine-minirootfs-3.20.3-x86_64.tar.gz');

/** False without Debian's docker-registry and skopeo, or Alpine's tarball: tests then skip themselves aloud. */
export const canServeImage = hasDockerRegistry && existsSync(tarball) && process.arch === 'x64';

export interface ServedImage {
  /** `registries.conf` by which docker.io is this registry. */
  readonly conf: string;
  /** Statements of bash: define `serve`, which returns once the registry answers in the VM. */
  readonly script: string;
  readonly layers: number;
  /** sha256 over the contents of /data in the image, in the order of their names. */
  readonly contents: string;
  close(): Promise<void>;
}

/** `docker.io/library/alpine:latest`: Alpine, a layer of 400 small files and one of a large one. */
export async function serveImage(): Promise<ServedImage> {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-vm-'));
  const small = Array.from({ length: 400 }, (_, at) => ({
    name: `data/${String(at).padStart(3, '0')}`,
    content: randomBytes(100 + at * 20),
  }));
  const large = { name: 'data/large', content: randomBytes(6_000_000) };
  const image = await alpineImage(tarball, [[{ name: 'data/', type: 'directory' }, ...small], [large]]);
  const registry = await startDockerRegistry();
  await registry.copy(writeLayout(join(folder, 'layout'), image), 'library/alpine:latest');
  const conf = join(folder, 'registries.conf');
  writeFileSync(conf, `[[registry]]\nprefix = "docker.io"\nlocation = "${registry.host}"\ninsecure = true\n`);
  const contents = createHash('sha256');
  for (const { content } of [...small, large]) contents.update(content);
  return {
    conf,
    script: serveScript(registry),
    layers: 3,
    contents: contents.digest('hex'),
    close: async () => {
      await registry.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function serveScript({ host, root }: DockerRegistry): string {
  const answers = `(exec 3<>/dev/tcp/${host.replace(':', '/')}) 2>/dev/null`;
  return `serve() { docker-registry serve ${root}/config.yml >/dev/null 2>&1 & until ${answers}; do sleep 0.1; done; }`;
}
