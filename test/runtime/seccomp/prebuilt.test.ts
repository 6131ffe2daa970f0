/** GOCKER_PREBUILD=1 writes the prebuilt filters anew, after a change of the default profile, a table or the compiler. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultCapabilities } from '../../../src/runtime/index.ts';
import { defaultProfile } from '../../../src/runtime/seccomp/default-profile.ts';
import { compileFilter } from '../../../src/runtime/seccomp/filter.ts';
import { filterOf, prebuiltSets } from '../../../src/runtime/seccomp/filter-cache.ts';
import { prebuiltFilters } from '../../../src/runtime/seccomp/prebuilt-filters.ts';
import { checkProfile, resolveProfile } from '../../../src/runtime/seccomp/resolve-profile.ts';

const machines = ['x64', 'arm64'] as const;
const compiled = Object.fromEntries(
  machines.map((machine) => {
    const filters = prebuiltSets.map((capabilities) => {
      const profile = resolveProfile(defaultProfile, { capabilities, kernel: '6.1.0', machine });
      return Buffer.from(compileFilter(profile, machine)).toString('base64');
    });
    return [machine, filters];
  }),
);

if (process.env.GOCKER_PREBUILD === '1') {
  const lines = (text: string) => (text.match(/.{1,110}/g) ?? []).join('\\\n');
  const path = join(import.meta.dirname, '../../../src/runtime/seccomp/prebuilt-filters.ts');
  writeFileSync(
    path,
    `/**
 * The filters of the default profile with each of prebuiltSets, base64, as test/runtime/seccomp/prebuilt.test.ts made them and
 * compares them.
 */
import type { Architecture } from '../../syscall/index.ts';

export const prebuiltFilters: Readonly<Record<Architecture, readonly string[]>> = {
${machines.map((machine) => `  ${machine}: [${compiled[machine]?.map((text) => `\`\\\n${lines(text)}\\\n\``).join(', ')}],`).join('\n')}
};
`,
  );
}

test.each(machines)('the prebuilt filter for %s is what the default profile compiles to', (machine) => {
  expect(prebuiltFilters[machine]).toEqual(compiled[machine]);
});

test('filterOf() gives the filter of the profile that it is given, prebuilt or not', () => {
  for (const capabilities of [defaultCapabilities, [], ['CAP_SYS_ADMIN']]) {
    const profile = resolveProfile(defaultProfile, { capabilities, kernel: '6.1.0', machine: 'x64' });
    const again = JSON.parse(JSON.stringify(profile));
    expect(Buffer.from(filterOf(profile, 'x64'))).toEqual(Buffer.from(compileFilter(profile, 'x64')));
    expect(Buffer.from(filterOf(again, 'x64'))).toEqual(Buffer.from(filterOf(profile, 'x64')));
  }
});

test('the default profile passes the check that profiles of others pass', () => {
  expect(() => checkProfile(defaultProfile)).not.toThrow();
});
