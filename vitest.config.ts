import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Forks, not threads: kernel tests act on whole processes (namespaces, signals, file descriptors).
    pool: 'forks',
    // No test touches the networks of the machine: those that want one make namespaces, and say so.
    env: { GOCKER_NETWORK: 'none' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
