/** Judges that we did not write: Debian's docker-registry serves us, skopeo and umoci read our store and our trees. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import type { BuiltImage } from '../support/images/index.ts';
import { alpineImage } from './alpine-image.ts';
import { alpine, Host, isRoot } from './host.ts';
import { compareTrees } from './tree.ts';

const run = promisify(execFile);
const hasUmoci = existsSync('/usr/bin/umoci');

/** An OCI image layout of one image, as skopeo takes it. */
function writeLayout(folder: string, image: BuiltImage): string {
  const files: readonly (readonly [string, string | Buffer])[] = [
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    [
      'index.json',
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ ...image.descriptor, annotations: { 'org.opencontainers.image.ref.name': 'it' } }],
      }),
    ],
    [join('blobs/sha256', image.descriptor.digest.slice(7)), image.bytes],
    ...[...image.blobs].map(([digest, bytes]) => [join('blobs/sha256', digest.slice(7)), bytes] as const),
  ];
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
  }
  return `oci:${folder}:it`;
}

describe.skipIf(alpine === undefined || !isRoot || !hasDockerRegistry || !hasUmoci)(
  'an image that skopeo pushed to docker-registry (root, ../shared, docker-registry, skopeo, umoci)',
  () => {
    let registry: DockerRegistry;
    let host: Host;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gocker-interop-'));
      const image = await alpineImage(alpine ?? '', [
        [
          { name: 'srv/', type: 'directory', mode: 0o1777, uid: 5, gid: 6 },
          { name: 'srv/secret', content: 'x', mode: 0o4755 },
          { name: 'srv/hard', type: 'link', linkname: 'srv/secret' },
          { name: 'etc/motd', content: 'two\n' },
        ],
        [
          { name: 'etc/.wh.motd' },
          { name: 'etc/apk/', type: 'directory' },
          { name: 'etc/apk/.wh..wh..opq' },
          { name: 'etc/apk/only', content: 'left\n' },
          { name: 'usr/local/bin/sh', type: 'symlink', linkname: '/bin/busybox' },
        ],
      ]);
      registry = await startDockerRegistry();
      await registry.copy(writeLayout(join(folder, 'layout'), image), 'library/alpine:latest');
      host = new Host(registry.host);
    });

    afterAll(async () => {
      const left = await host.remains();
      host.close();
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
      expect(left).toEqual([]);
    });

    test('is pulled, listed and run; and runs again when the registry is gone', async () => {
      await host.ok(['pull', 'alpine']);
      expect(await host.ok(['images'])).toMatch(/^alpine +latest /m);
      expect(
        await host.ok([
          'run',
          '--rm',
          'alpine',
          'sh',
          '-c',
          'ls /etc/apk; stat -c %a /srv/secret; test ! -e /etc/motd && echo gone',
        ]),
      ).toBe('only\n4755\ngone\n');
      await registry.close();
      expect(await host.ok(['run', '--rm', 'alpine', 'echo', 'offline'])).toBe('offline\n');
    });

    test('skopeo inspects it in our store', async () => {
      const { stdout } = await run('skopeo', ['inspect', `oci:${host.images}:docker.io/library/alpine:latest`]);
      const inspected: { Layers: string[]; Os: string } = JSON.parse(stdout);
      expect(inspected).toMatchObject({ Os: 'linux' });
      expect(inspected.Layers).toHaveLength(3);
    });

    test('umoci lists it in our store, and its tree equals ours entry by entry', async () => {
      const { stdout } = await run('umoci', ['ls', '--layout', host.images]);
      expect(stdout).toContain('docker.io/library/alpine:latest');
      // umoci takes no slash in a tag: the same layout under a shorter name.
      const index = JSON.parse(readFileSync(join(host.images, 'index.json'), 'utf8'));
      const copy = join(folder, 'copy');
      await run('cp', ['-r', host.images, copy]);
      index.manifests[0].annotations['org.opencontainers.image.ref.name'] = 'it';
      writeFileSync(join(copy, 'index.json'), JSON.stringify(index));
      const bundle = join(folder, 'bundle');
      await run('umoci', ['unpack', '--image', `${copy}:it`, bundle]);
      const lowerdirs = (await host.ok(['inspect', '--format', '{{.GraphDriver.Data.LowerDir}}', 'alpine'])).trim();
      expect(await compareTrees(join(bundle, 'rootfs'), lowerdirs.split(':'))).toEqual([]);
    });

    test('goes, with all of its blobs and layers', async () => {
      await host.ok(['rmi', 'alpine']);
      const { stdout } = await run('find', [
        host.root,
        '-path',
        '*/blobs/*',
        '-type',
        'f',
        '-o',
        '-name',
        'layer.json',
      ]);
      expect(stdout).toBe('');
    });
  },
);
