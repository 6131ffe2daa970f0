/** A pull whose registry can't be reached: registries.conf sends docker.io to a port of loopback where nobody listens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/engine/index.ts';
import { buildTar } from '../../support/images/index.ts';

const unprivileged = process.getuid?.() !== 0;

function engineWithoutNetwork(more: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'gocker-fall-back-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const conf = join(root, 'registries.conf');
  writeFileSync(conf, '[[registry]]\nprefix = "docker.io"\nlocation = "127.0.0.1:1/unreachable"\ninsecure = true\n');
  const warnings: string[] = [];
  const env = { ...process.env, CONTAINERS_REGISTRIES_CONF: conf, GOCKER_ALPINE_TARBALL: '', ...more };
  const engine = openEngine({ root: join(root, 'gocker'), env, onWarning: (warning) => warnings.push(warning) });
  return { engine, warnings, root };
}

test.skipIf(unprivileged)(
  'alpine comes from a local tarball, under its name, and says so (skipped without root)',
  async () => {
    const { engine, warnings } = await withTarball();
    const pulled = await engine.pull('alpine');
    expect(pulled).toMatchObject({ reference: 'docker.io/library/alpine:latest', status: 'fallback' });
    expect(warnings.join('\n')).toMatch(/cannot reach.*\n.*"alpine:latest" is Alpine from the local file/);
    expect(await engine.images()).toMatchObject([{ repository: 'alpine', tag: 'latest', id: pulled.id }]);
    expect((await engine.verify()).sound).toBe(true);
  },
);

test.skipIf(unprivileged)(
  'without a tarball host tools come, and alpine is not there afterwards (skipped without root)',
  async () => {
    const { engine, warnings } = engineWithoutNetwork();
    // A tag that no tarball in fixtures/ can have.
    const first = await engine.pull('alpine:none');
    expect(first).toMatchObject({ reference: 'localhost/host-tools:latest', status: 'fallback' });
    expect(warnings.join('\n')).toMatch(/not Alpine/);
    expect(await engine.pull('alpine:none')).toEqual(first);
    expect(await engine.images()).toMatchObject([{ repository: 'localhost/host-tools', tag: 'latest', id: first.id }]);
  },
);

test('without fallback, or for an image that there is none for, the registry’s error stands', async () => {
  const { engine } = engineWithoutNetwork();
  const unreachable = { code: 'REGISTRY_UNREACHABLE' };
  await expect(engine.pull('alpine', { fallback: false })).rejects.toMatchObject(unreachable);
  await expect(engine.pull('debian')).rejects.toMatchObject(unreachable);
  expect(await engine.images()).toEqual([]);
});

async function withTarball() {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-fall-back-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'mine.tar.gz');
  const entries = [{ name: 'bin', type: 'directory' } as const, { name: 'bin/sh', content: 'x' }];
  writeFileSync(path, gzipSync(await buildTar(entries)));
  return engineWithoutNetwork({ GOCKER_ALPINE_TARBALL: path });
}
