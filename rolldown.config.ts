import { defineConfig, type RolldownOptions } from 'rolldown';

// Two outputs. The CLI is CommonJS in a few chunks: it starts sooner than the same code as ES modules, and a command loads
// only its own chunk. The library is ES modules. Small packages are bundled, which spares their look-up at each start;
// koffi finds its native addon by its own path, and undici is only wanted when there is a network.
const shared: RolldownOptions = { platform: 'node', external: ['koffi', 'undici'], transform: { target: 'node20' } };

export default defineConfig([
  {
    ...shared,
    input: { cli: 'src/cli/main.ts' },
    output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
  },
  {
    ...shared,
    input: { index: 'src/index.ts' },
    output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
  },
]);
