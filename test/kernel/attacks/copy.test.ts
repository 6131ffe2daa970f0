/**
 * Copies to and from containers whose files are laid out, or swapped meanwhile, to lead the copier out: CVE-2018-15664 and
 * CVE-2019-14271 (docker), CVE-2019-10152 (podman), CVE-2018-1002100 and its kin (kubectl).
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { rawTar } from '../../overlay/raw-tar.ts';
import { attacked, attackTest, canary, inside, run, scratch, start } from './box.ts';

/** A container that did as the script says: ended, or running still. */
async function container(script: string, state: 'running' | 'stopped') {
  const { engine } = await attacked();
  const rest = state === 'running' ? 'sleep 1000' : '';
  const made = await start(['sh', '-c', `${inside}\n${script}\necho ready; ${rest}`], { autoRemove: false });
  for await (const chunk of made.stdout) if (state === 'running' && String(chunk).includes('ready')) break;
  if (state === 'stopped') await made.wait();
  const end = async () => {
    await made[Symbol.asyncDispose]();
    await engine.removeContainer(made.id);
  };
  return { engine, id: made.id, end };
}

async function* bytes(tar: Buffer): AsyncGenerator<Uint8Array> {
  yield tar;
}

/** What a call that is to fail fails with; the text of what it gave otherwise. */
async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'it worked',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : `${error}`),
  );
}

for (const state of ['running', 'stopped'] as const) {
  attackTest(`nothing is read from the host through links of a container that is ${state}`, async () => {
    const { directory, file } = await canary();
    const up = '../'.repeat(12);
    const { engine, id, end } = await container(
      `mkdir /d; ln -s ${file} /d/absolute; ln -s ${up}${file} /d/relative; ln -s ${directory} /d/tree; ln -s /proc/self/root/etc/shadow /d/magic`,
      state,
    );
    const to = await scratch('to');
    for (const name of ['absolute', 'relative', 'tree', 'tree/canary', 'magic']) {
      const source = { container: id, path: `/d/${name}` };
      expect([name, await failure(engine.copyFrom(source, join(to, 'followed'), { followLink: true }))]).toEqual([
        name,
        'FILE_NOT_FOUND',
      ]);
    }
    await engine.copyFrom({ container: id, path: '/d' }, join(to, 'd'));
    expect(readdirSync(join(to, 'd')).map((name) => lstatSync(join(to, 'd', name)).isSymbolicLink())).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(readdirSync(to)).toEqual(['d']);
    await end();
  });

  attackTest(`nothing is written to the host through links of a container that is ${state}`, async () => {
    const { directory, file, sings } = await canary();
    const { engine, id, end } = await container(
      `mkdir -p /d${directory}; ln -s ${directory} /d/tree; ln -s ${file} /d/file; ln -s /proc/1/root /d/magic`,
      state,
    );
    const from = join(await scratch('from'), 'canary');
    writeFileSync(from, 'overwritten');
    for (const path of ['/d/tree/canary', '/d/tree', '/d/tree/', '/d/file', '/d/magic/', '/d/magic/tmp/x']) {
      await failure(engine.copyTo(from, { container: id, path }));
      sings();
    }
    const tars = [
      [
        { name: 'link', type: '2', linkname: directory },
        { name: 'link/canary', content: 'overwritten' },
      ],
      [{ name: 'hard', type: '1', linkname: `../../../../../..${file}` }],
      [
        { name: 'hard', type: '1', linkname: 'tree/canary' },
        { name: 'hard', content: 'overwritten' },
      ],
      [
        { name: 'tree', type: '5', mode: 0o777 },
        { name: 'tree/canary', content: 'overwritten' },
      ],
    ];
    for (const entries of tars) {
      await failure(engine.writeArchive(bytes(rawTar(entries)), { container: id, path: '/d' }));
      sings();
    }
    const above = bytes(rawTar([{ name: '../canary', content: 'overwritten' }]));
    expect(await failure(engine.writeArchive(above, { container: id, path: '/d' }))).toBe('COPY_UNSAFE');
    await end();
  });
}

attackTest('a container that swaps a directory for a link while it is copied leads no copy out', async () => {
  const { directory, file, sings } = await canary();
  const racer = `mkdir -p /r/d; echo own >/r/d/canary; (while :; do
    mv /r/d /r/e; ln -s ${directory} /r/d; rm /r/d; mv /r/e /r/d; done) & `;
  const { engine, id, end } = await container(racer, 'running');
  const [from, to] = [join(await scratch('from'), 'canary'), await scratch('to')];
  writeFileSync(from, 'overwritten');
  let copied = 0;
  for (let round = 0; round < 60; round++) {
    const target = join(to, `${round}`);
    await failure(engine.copyTo(from, { container: id, path: '/r/d/' }));
    await failure(engine.copyFrom({ container: id, path: '/r/d/canary' }, target));
    sings();
    if (existsSync(target)) {
      expect(readFileSync(target, 'utf8')).toMatch(/^(?:own\n|overwritten)$/);
      copied++;
    }
  }
  expect(copied).toBeGreaterThan(0);
  expect(readFileSync(file, 'utf8')).toBe('alive');
  await end();
});

attackTest('a link that was copied to the host leads no later copy through it', async () => {
  const { directory, sings } = await canary();
  const { engine, id, end } = await container(
    `mkdir /d; ln -s ${directory} /d/sub; ln -s ${directory} /d/canary`,
    'stopped',
  );
  const to = await scratch('to');
  await engine.copyFrom({ container: id, path: '/d/.' }, to);
  const other = await container(
    'mkdir -p /d/sub; echo overwritten >/d/sub/canary; echo overwritten >/d/canary',
    'stopped',
  );
  expect(await failure(engine.copyFrom({ container: other.id, path: '/d/.' }, to))).toBe('COPY_CONFLICT');
  sings();
  // A link in the place of a file goes, and not what it leads to.
  await engine.copyFrom({ container: other.id, path: '/d/canary' }, to);
  expect(lstatSync(join(to, 'canary')).isFile()).toBe(true);
  sings();
  await end();
  await other.end();
});

attackTest('pipes and devices are copied as they are and never read; they lend nothing on the host', async () => {
  const { engine, id, end } = await container(
    'mkdir /d; mkfifo /d/pipe; mknod -m 666 /d/zero c 1 5; cp /bin/busybox /d/suid; chown 1000 /d/suid; chmod 6755 /d/suid',
    'running',
  );
  const to = await scratch('to');
  await engine.copyFrom({ container: id, path: '/d' }, join(to, 'd'));
  const [pipe, zero, suid] = ['pipe', 'zero', 'suid'].map((name) => lstatSync(join(to, 'd', name)));
  expect([pipe?.isFIFO(), zero?.isCharacterDevice(), zero?.mode, suid?.mode, suid?.uid]).toEqual([
    true,
    true,
    0o020600,
    0o100755,
    0,
  ]);
  await end();
});

attackTest('what a container changed is packed as it is, though its directories become links meanwhile', async () => {
  const { directory } = await canary();
  const racer = `mkdir -p /r/d; echo own >/r/d/canary; (while :; do
    mv /r/d /r/e; ln -s ${directory} /r/d; rm /r/d; mv /r/e /r/d; done) & `;
  const { engine, id, end } = await container(racer, 'running');
  for (let round = 0; round < 20; round++) {
    const tar: Uint8Array[] = [];
    await engine.exportContainer(id, async (chunks) => {
      for await (const chunk of chunks) {
        tar.push(chunk);
        // Alpine's own files say nothing here.
        if (tar.length > 100) break;
      }
    });
    expect(await engine.changes(id).then((changes) => changes.some(({ path }) => path.startsWith('/r')))).toBe(true);
  }
  const { id: image } = await engine.commit(id, { pause: false, reference: 'raced' });
  expect(image).toMatch(/^sha256:/);
  const { stdout } = await run(['sh', '-c', 'cat /r/*/canary 2>/dev/null; true'], { image: 'raced', pull: 'never' });
  expect(stdout).not.toContain('alive');
  await end();
});

attackTest(
  'a directory of the host that stands where a copy goes is never entered through a link of its own',
  async () => {
    const { directory, sings } = await canary();
    const to = await scratch('to');
    mkdirSync(join(to, 'd'));
    symlinkSync(directory, join(to, 'd', 'sub'));
    const { engine, id, end } = await container('mkdir -p /d/sub; echo overwritten >/d/sub/canary', 'stopped');
    expect(await failure(engine.copyFrom({ container: id, path: '/d' }, to))).toBe('COPY_CONFLICT');
    sings();
    await end();
  },
);
