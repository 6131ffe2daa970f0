import { chmod } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { askHelper } from '../../src/registry/credential-helper.ts';
import { CredentialStore, credentialFiles } from '../../src/registry/credential-store.ts';
import { credentialKeys } from '../../src/registry/credentials.ts';
import { writeConfig, writeFiles } from './setup-config.ts';

const entry = (user: string) => ({ auth: Buffer.from(`${user}:pw`).toString('base64') });

/** The user name that a config.json gives for a registry and repository. */
async function userOf(config: object, registry: string, repository = 'a/b'): Promise<string | undefined> {
  const found = await new CredentialStore({}, await writeConfig(config)).lookup(registry, repository);
  return found.kind === 'basic' ? found.username : undefined;
}

test.each(['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'https://docker.io', 'registry-1.docker.io'])(
  'Docker Hub is found under %s',
  async (key) => {
    expect(await userOf({ auths: { [key]: entry('hub') } }, 'docker.io', 'library/alpine')).toBe('hub');
  },
);

test.each(['quay.io', 'https://quay.io', 'https://quay.io/v1/', 'http://quay.io/v2/', 'quay.io/v1/'])(
  'quay.io is found under the legacy key %s',
  async (key) => {
    expect(await userOf({ auths: { [key]: entry('quay') } }, 'quay.io')).toBe('quay');
  },
);

test.each(['quay.io:443', 'sub.quay.io', 'quay.io.evil', 'docker.io'])('quay.io is not found under %s', async (key) => {
  expect(await userOf({ auths: { [key]: entry('other') } }, 'quay.io')).toBeUndefined();
});

test('the most specific key counts', async () => {
  const auths = { 'quay.io': entry('host'), 'quay.io/a': entry('org'), 'quay.io/a/b': entry('repo') };
  expect(await userOf({ auths }, 'quay.io', 'a/b')).toBe('repo');
  expect(await userOf({ auths }, 'quay.io', 'a/c')).toBe('org');
  expect(await userOf({ auths }, 'quay.io', 'ab/c')).toBe('host');
  expect(credentialKeys('quay.io', 'a/b')).toEqual(['quay.io/a/b', 'quay.io/a', 'quay.io']);
});

test('empty entries and empty files are no credentials', async () => {
  expect(await userOf({ auths: { 'quay.io': {} } }, 'quay.io')).toBeUndefined();
  expect(await userOf({}, 'quay.io')).toBeUndefined();
  const directory = await writeFiles({ 'config.json': '' });
  expect(await new CredentialStore({}, `${directory}/config.json`).lookup('quay.io', 'a')).toEqual({
    kind: 'anonymous',
  });
});

test.each([
  ['it is no JSON', '{"auths": {"quay.io": {"auth": "c2VjcmV0OnB3"}'],
  ['the file is no object', '[]'],
  ['"auths" is no object', '{"auths": 5}'],
  ['does not decode', '{"auths": {"quay.io": {"auth": "c2VjcmV0"}}}'],
])('a faulty file is named, without its content: %s', async (reason, text) => {
  const directory = await writeFiles({ 'config.json': text });
  const error = (await new CredentialStore({}, `${directory}/config.json`)
    .lookup('quay.io', 'a')
    .catch((error: unknown) => error)) as Error;
  expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', message: expect.stringContaining(reason) });
  expect(`${error.message}${error.cause}`).not.toMatch(/c2Vjcm|secret/);
});

test('files are looked through in their order, and the first that knows the registry counts', async () => {
  const directory = await writeFiles({
    'auth-file.json': JSON.stringify({ auths: { 'one.example': entry('named') } }),
    '.docker/config.json': JSON.stringify({
      auths: { 'one.example': entry('docker'), 'two.example': entry('docker') },
    }),
    'run/containers/auth.json': JSON.stringify({
      auths: { 'two.example': entry('run'), 'three.example': entry('run') },
    }),
    '.config/containers/auth.json': JSON.stringify({ auths: { 'four.example': entry('config') } }),
  });
  const env = {
    HOME: directory,
    XDG_RUNTIME_DIR: `${directory}/run`,
    REGISTRY_AUTH_FILE: `${directory}/auth-file.json`,
  };
  const store = new CredentialStore(env);
  const users = await Promise.all(
    ['one', 'two', 'three', 'four', 'five'].map((name) => store.lookup(`${name}.example`, 'a')),
  );
  expect(users.map((user) => (user.kind === 'basic' ? user.username : user.kind))).toEqual([
    'named',
    'docker',
    'run',
    'config',
    'anonymous',
  ]);
});

test('$DOCKER_CONFIG is a directory that takes the place of ~/.docker', () => {
  expect(credentialFiles({ HOME: '/h', DOCKER_CONFIG: '/d' })).toContain('/d/config.json');
  expect(credentialFiles({ HOME: '/h', DOCKER_CONFIG: '/d' })).not.toContain('/h/.docker/config.json');
});

async function helper(script: string) {
  const directory = await writeFiles({ 'docker-credential-x': `#!/bin/sh\n${script}\n` });
  await chmod(`${directory}/docker-credential-x`, 0o755);
  return { PATH: `${directory}:${process.env.PATH}` };
}

test.each([
  ['cat >/dev/null; echo \'{"Username":"u","Secret":"s"}\'', { kind: 'basic', username: 'u', password: 's' }],
  ['echo \'{"Username":"<token>","Secret":"s"}\'', { kind: 'identity', token: 's' }],
  ['echo "credentials not found in native keychain"; exit 1', { kind: 'anonymous' }],
  ['echo "vault is locked"; exit 1', { kind: 'anonymous', note: 'docker-credential-x says "vault is locked"' }],
  ['exit 7', { kind: 'anonymous', note: 'docker-credential-x failed (7)' }],
  ['kill -9 $$', { kind: 'anonymous', note: 'docker-credential-x failed (SIGKILL)' }],
  ['echo no json', { kind: 'anonymous', note: 'docker-credential-x gave no "Username" and "Secret"' }],
  ['echo null', { kind: 'anonymous', note: 'docker-credential-x gave no "Username" and "Secret"' }],
])('askHelper() of a helper that does `%s`', async (script, expected) => {
  expect(await askHelper('x', 'quay.io', await helper(script))).toMatchObject(expected);
});

test('askHelper() runs no path', async () => {
  expect(await askHelper('../../bin/sh', 'quay.io', {})).toEqual({
    kind: 'anonymous',
    note: '"docker-credential-../../bin/sh" is no name of a helper',
  });
});

test('a helper of the host comes before the store of all, and Docker Hub is asked for by its old name', async () => {
  const env = await helper('read -r server || true; printf \'{"Username":"%s","Secret":"s"}\' "$server"');
  const path = await writeConfig({
    credsStore: 'x',
    credHelpers: { 'quay.io': 'absent' },
    auths: { 'quay.io': entry('file') },
  });
  const store = new CredentialStore(env, path);
  expect(await store.lookup('docker.io', 'library/alpine')).toMatchObject({ username: 'https://index.docker.io/v1/' });
  expect(await store.lookup('ghcr.io', 'a')).toMatchObject({ username: 'ghcr.io' });
  expect(await store.lookup('quay.io', 'a')).toMatchObject({ username: 'file' });
});
