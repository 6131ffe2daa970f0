/**
 * Runs one bundled test file with vitest's own runner, without the server, the pool and the transforms around it, which take
 * minutes where code is emulated: node driver.mjs FILE. Exits with 1 where a test fails, or none ran.
 */
import { pathToFileURL } from 'node:url';
import { startTests, type VitestRunner } from '@vitest/runner';
import { getTests } from '@vitest/runner/utils';
import './vitest.ts';

/** What needs seconds here needs minutes there. */
const patience = 300_000;

function makeRunner(): VitestRunner {
  return {
    config: {
      root: '/',
      name: undefined,
      setupFiles: [],
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: patience,
      hookTimeout: patience,
      retry: 0,
      includeTaskLocation: undefined,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (path) => import(pathToFileURL(path).href),
  };
}

const [file = ''] = process.argv.slice(2);
const [result] = await startTests([file], makeRunner());
const tests = result === undefined ? [] : getTests(result);
const count = (state: string) => tests.filter((test) => (test.result?.state ?? test.mode) === state).length;
for (const task of [...(result === undefined ? [] : [result]), ...tests]) {
  for (const error of task.result?.errors ?? []) {
    console.log(`FAIL ${task.name}\n${error.stack ?? error.message}\n${error.diff ?? ''}`);
  }
}
const name = file.slice(file.lastIndexOf('/') + 1);
const seconds = Math.round((result?.result?.duration ?? 0) / 1000);
console.log(`${name}: ${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped, ${seconds} s`);
const passed = result?.result?.state === 'pass' && count('pass') > 0;
process.exit(passed ? 0 : 1);
