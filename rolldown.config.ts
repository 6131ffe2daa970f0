import { defineConfig, type RolldownOptions } from 'rolldown';

// The CLI is CommonJS, which starts sooner than the same code as ES modules, in chunks, since a command loads only its own:
// `cli.cjs` loads `program.cjs` and all chunks through V8's code cache. The library is ES modules. Small packages are
// bundled, which spares their look-up at each start; koffi finds its native addon by its own path, and undici is only
// wanted when there is a network. Whitespace and comments are not worth reading at each start; ASCII alone can be read as
// Latin-1, in half the memory. Names stay, for stack traces.
const shared: RolldownOptions = {
  platform: 'node',
  external: ['koffi'],
  transform: { target: 'node20' },
  // No module of ours does anything by being imported: one name of a folder's index.ts is then all that is loaded of it.
  treeshake: { moduleSideEffects: [{ test: /\/src\//, sideEffects: false }] },
};
const compact = { mangle: false, compress: false, codegen: { removeWhitespace: true, asciiOnly: true } } as const;

export default defineConfig([
  {
    ...shared,
    input: { cli: 'src/cli/main.ts' },
    output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', minify: compact },
  },
  {
    ...shared,
    input: { program: 'src/cli/start.ts' },
    output: {
      dir: 'dist',
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: 'chunks/[name]-[hash].cjs',
      minify: compact,
      // What is compiled from a cache has no way to import().
      dynamicImportInCjs: false,
      // As functions, so that the loader compiles them as they are read.
      postBanner: '(function(exports,require,module,__filename,__dirname){',
      postFooter: '})',
    },
  },
  {
    ...shared,
    input: { index: 'src/index.ts' },
    output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
  },
]);
