/** What an image says of itself is data: no label, and no other word of its config, makes the host run or mount anything. CVE-2026-53488. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attacked, attackTest, canary, image, inside, start } from './box.ts';

attackTest('labels of an image that other engines act on reach no annotation of the container', async () => {
  const { host } = await attacked();
  const { directory, file, sings } = await canary();
  const touch = `${directory}/pwned`;
  const Labels = {
    'containerd.io/restart.loguri': `binary:///bin/sh?-c=touch+${touch}`,
    'containerd.io/restart.status': 'running',
    'io.containerd.image.config.stop-signal': 'SIGKILL',
    'run.oci.handler': 'wasm',
    'run.oci.hooks.stderr': touch,
    'run.oci.keep_original_groups': '1',
    'run.oci.mount_context_type': 'rootcontext',
    'org.criu.config': file,
    'io.podman.annotations.privileged': 'TRUE',
    'io.podman.annotations.volumes-from': 'other',
    'module.wasm.image/variant': 'compat',
    'gocker.privileged': 'true',
    'io.k8s.run': `sh -c "touch ${touch}"`,
    'io.k8s.install': `touch ${touch}`,
  };
  const options = { image: await image([], { Labels }), autoRemove: false };
  const container = await start(['sleep', '1000'], options);
  const config = readFileSync(join(host.root, 'containers', container.id, 'config.json'), 'utf8');
  await container[Symbol.asyncDispose]();
  for (const [name, value] of Object.entries(Labels)) {
    expect(config).not.toContain(name);
    if (value.length > 7) expect(config).not.toContain(value);
  }
  expect(Object.keys(JSON.parse(config).annotations ?? {})).toEqual([]);
  expect('hooks' in JSON.parse(config)).toBe(false);
  const { engine } = await attacked();
  await engine.removeContainer(container.id);
  sings();
});

attackTest('words of a config that are no part of the image spec change nothing', async () => {
  const { host, engine } = await attacked();
  const hostile = await image([], {
    Labels: {},
    ...{ HostConfig: { Privileged: true, Binds: ['/:/host'] }, Privileged: true, Hooks: [], Devices: ['/dev/mem'] },
  });
  const container = await start(['sleep', '1000'], { image: hostile, autoRemove: false });
  const config = JSON.parse(readFileSync(join(host.root, 'containers', container.id, 'config.json'), 'utf8'));
  await container[Symbol.asyncDispose]();
  await engine.removeContainer(container.id);
  expect(config.mounts.map(({ destination }: { destination: string }) => destination)).not.toContain('/host');
  expect(config.process.capabilities.bounding).toHaveLength(14);
  expect(JSON.stringify(config)).not.toMatch(/\/dev\/mem|CAP_SYS_ADMIN/);
});

attackTest('a command, a user and a working directory of an image’s config are used inside alone', async () => {
  const { directory, file, sings } = await canary();
  const hostile = await image([], {
    Entrypoint: ['sh', '-c', `${inside}; echo overwritten > ${file}; touch ${directory}/pwned; exit 0`],
    WorkingDir: `../../../../../..${directory}`,
    Env: [`PATH=${directory}:/bin`, 'LD_PRELOAD=/tmp/evil.so', 'NODE_OPTIONS=--require /tmp/evil.js'],
  });
  const container = await start([], { image: hostile }).catch(() => undefined);
  await container?.wait();
  expect(readdirSync(directory)).toEqual(['canary']);
  sings();
});
