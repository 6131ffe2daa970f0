import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Forks, not threads: kernel tests act on whole processes (namespaces, signals, file descriptors).
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
