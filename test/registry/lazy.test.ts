import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../src/registry');
const sources = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

test('undici and smol-toml are loaded by need alone: types aside, no file imports them at its top', () => {
  const eager = sources.filter(([, text]) => /^import (?!type\b)[^;]*'(?:undici|smol-toml)'/m.test(text));
  expect(eager.map(([name]) => name)).toEqual([]);
  const lazy = sources.filter(([, text]) => /\bimport\('(?:undici|smol-toml)'\)/.test(text));
  expect(lazy.map(([name]) => name)).toEqual(['connections.ts', 'registries-conf-files.ts']);
});
