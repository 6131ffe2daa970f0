import { expect, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import { endpointsOf } from '../../src/registry/endpoint.ts';
import { findRegistriesConf } from '../../src/registry/index.ts';
import { matchPrefix } from '../../src/registry/registries-conf.ts';
import { loadRegistryRules } from '../../src/registry/registries-conf-files.ts';
import { writeFiles } from './setup-config.ts';

/** Endpoints of a reference under a registries.conf, as `kind host/repository security`. */
async function endpoints(toml: string, reference: string): Promise<string[]> {
  const directory = await writeFiles({ 'r.conf': toml });
  const rules = await loadRegistryRules({}, `${directory}/r.conf`);
  return endpointsOf(parseReference(reference), rules).map(
    ({ kind, host, repository, security }) => `${kind} ${host}/${repository} ${security}`,
  );
}

test.each([
  ['alpine', 'registry registry-1.docker.io/library/alpine verified'],
  ['quay.io/a/b', 'registry quay.io/a/b verified'],
  ['localhost:5000/a', 'registry localhost:5000/a loopback'],
  ['127.9.9.9:5000/a', 'registry 127.9.9.9:5000/a loopback'],
  ['[::1]:5000/a', 'registry [::1]:5000/a loopback'],
  ['128.0.0.1:5000/a', 'registry 128.0.0.1:5000/a verified'],
  ['localhost.example:5000/a', 'registry localhost.example:5000/a verified'],
])('without rules %s is at "%s"', async (reference, expected) => {
  expect(await endpoints('', reference)).toEqual([expected]);
});

test('mirrors come first, in their order, and the registry itself last', async () => {
  const toml = `
    [[registry]]
    location = "docker.io"
    [[registry.mirror]]
    location = "127.0.0.1:5000"
    [[registry.mirror]]
    location = "cache.example/hub"
    insecure = true
  `;
  expect(await endpoints(toml, 'alpine')).toEqual([
    'mirror 127.0.0.1:5000/library/alpine loopback',
    'mirror cache.example/hub/library/alpine insecure',
    'registry registry-1.docker.io/library/alpine verified',
  ]);
});

test('location takes the place of the prefix', async () => {
  const toml = '[[registry]]\nprefix = "a.example/team"\nlocation = "b.example/other/place"\n';
  expect(await endpoints(toml, 'a.example/team/app:1')).toEqual(['registry b.example/other/place/app verified']);
  expect(await endpoints(toml, 'a.example/teams/app:1')).toEqual(['registry a.example/teams/app verified']);
});

test('the longest prefix counts', async () => {
  const toml = `
    [[registry]]
    location = "a.example"
    insecure = true
    [[registry]]
    location = "a.example/x/y"
    [[registry]]
    prefix = "a.example/x"
    location = "b.example"
  `;
  expect(await endpoints(toml, 'a.example/q')).toEqual(['registry a.example/q insecure']);
  expect(await endpoints(toml, 'a.example/x/q')).toEqual(['registry b.example/q verified']);
  expect(await endpoints(toml, 'a.example/x/y/q')).toEqual(['registry a.example/x/y/q verified']);
});

test('a wildcard covers all hosts of a domain, with or without a place to send them', async () => {
  expect(await endpoints('[[registry]]\nprefix = "*.example.com"\ninsecure = true\n', 'a.b.example.com/x/y')).toEqual([
    'registry a.b.example.com/x/y insecure',
  ]);
  const toml = '[[registry]]\nprefix = "*.example.com"\nlocation = "mirror.example/all"\n';
  expect(await endpoints(toml, 'a.example.com/x/y')).toEqual(['registry mirror.example/all/x/y verified']);
  expect(await endpoints(toml, 'example.com/x/y')).toEqual(['registry example.com/x/y verified']);
});

test('pull-from-mirror tells by what the user asked for', async () => {
  const toml = `
    [[registry]]
    location = "a.example"
    [[registry.mirror]]
    location = "digests.example"
    pull-from-mirror = "digest-only"
    [[registry.mirror]]
    location = "tags.example"
    pull-from-mirror = "tag-only"
  `;
  const digest = `sha256:${'a'.repeat(64)}`;
  expect(await endpoints(toml, 'a.example/x:1')).toEqual([
    'mirror tags.example/x verified',
    'registry a.example/x verified',
  ]);
  expect(await endpoints(toml, `a.example/x@${digest}`)).toEqual([
    'mirror digests.example/x verified',
    'registry a.example/x verified',
  ]);
});

test('mirror-by-digest-only is the older word for the same', async () => {
  const toml = `
    [[registry]]
    location = "a.example"
    mirror-by-digest-only = true
    [[registry.mirror]]
    location = "m.example"
  `;
  expect(await endpoints(toml, 'a.example/x:1')).toEqual(['registry a.example/x verified']);
});

test('a blocked registry is not asked', async () => {
  const toml = '[[registry]]\nlocation = "a.example"\nblocked = true\n';
  await expect(endpoints(toml, 'a.example/x')).rejects.toMatchObject({
    code: 'REGISTRY_BLOCKED',
    hint: expect.stringContaining('r.conf'),
  });
});

test('insecure = false takes loopback at its word', async () => {
  const toml = '[[registry]]\nlocation = "localhost:5000"\ninsecure = false\n';
  expect(await endpoints(toml, 'localhost:5000/x')).toEqual(['registry localhost:5000/x verified']);
});

test.each([
  ['a.example/x', 'a.example', 9],
  ['a.example:5000/x', 'a.example', undefined],
  ['a.example:5000/x', 'a.example:5000', 14],
  ['a.example/x/y:1', 'a.example/x', 11],
  ['a.example/xy:1', 'a.example/x', undefined],
  ['a.example/x:1', 'a.example/x', 11],
  ['a.example/x:1', 'a.example/x:1', 13],
  ['a.example/x:10', 'a.example/x:1', undefined],
  ['a.b.example/x', '*.b.example', 11],
  ['a.b.example:5/x', '*.b.example', 11],
  ['a.b.example:5/x', '*.b.example:5', 13],
  ['ab.example/x', '*.b.example', undefined],
])('matchPrefix(%s, %s) is %s', (name, prefix, expected) => {
  expect(matchPrefix(name, prefix)).toBe(expected);
});

test.each([
  ['no TOML', '[[registry'],
  ['neither "prefix" nor "location"', '[[registry]]\ninsecure = true\n'],
  ['no "location"', '[[registry]]\nprefix = "a.example"\n'],
  ['"insecure" is "yes"', '[[registry]]\nlocation = "a"\ninsecure = "yes"\n'],
  [
    '"pull-from-mirror" is "now"',
    '[[registry]]\nlocation = "a"\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "now"\n',
  ],
  ['no array of tables', '[registry]\nlocation = "a"\n'],
  ['[[registry.mirror]] has no "location"', '[[registry]]\nlocation = "a"\n[[registry.mirror]]\ninsecure = true\n'],
])('a faulty file is named: %s', async (reason, toml) => {
  await expect(endpoints(toml, 'a.example/x')).rejects.toMatchObject({
    code: 'REGISTRIES_CONF_INVALID',
    message: expect.stringContaining(reason),
  });
});

test('a file that a variable names must be there', async () => {
  const env = { GOCKER_REGISTRIES_CONF: '/nonexistent/r.conf' };
  await expect(loadRegistryRules(env)).rejects.toThrow(/"\/nonexistent\/r\.conf".*ENOENT/);
});

test('drop-ins are read after their file, in the order of their names, and replace a rule as a whole', async () => {
  const registry = (location: string) => `[[registry]]\nprefix = "a.example"\nlocation = "${location}"\n`;
  const directory = await writeFiles({
    'r.conf': `${registry('main.example')}insecure = true\n`,
    'r.conf.d/20.conf': registry('twenty.example'),
    'r.conf.d/10.conf': registry('ten.example'),
    'r.conf.d/30.txt': registry('none.example'),
  });
  const rules = await loadRegistryRules({ CONTAINERS_REGISTRIES_CONF: `${directory}/r.conf` });
  expect(rules.map(({ location, insecure }) => [location, insecure])).toEqual([['twenty.example', undefined]]);
});

test("the user's file takes the place of the system's", async () => {
  const home = await writeFiles({ '.config/containers/registries.conf': '[[registry]]\nlocation = "mine.example"\n' });
  const file = `${home}/.config/containers/registries.conf`;
  expect(findRegistriesConf({ HOME: home })).toBe(file);
  expect(findRegistriesConf({ XDG_CONFIG_HOME: `${home}/.config` })).toBe(file);
  expect((await loadRegistryRules({ HOME: home })).map(({ prefix }) => prefix)).toContain('mine.example');
});

test('variables come in their order', () => {
  const env = { GOCKER_REGISTRIES_CONF: '/a', CONTAINERS_REGISTRIES_CONF: '/b', HOME: '/c' };
  expect(findRegistriesConf(env)).toBe('/a');
  expect(findRegistriesConf({ ...env, GOCKER_REGISTRIES_CONF: '' })).toBe('/b');
});
