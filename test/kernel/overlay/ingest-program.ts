/** Program: ingests the blob argv[3] as the layer of the stack argv[4…] below the folder argv[2]; to be killed on the way. */
import { createReadStream } from 'node:fs';
import type { DiffID } from '../../../src/oci/index.ts';
import { DirectorySnapshotter } from '../../../src/overlay/index.ts';

const [, , layers = '', blob = '', ...stack] = process.argv;
// A line for each piece, so that whoever kills it knows how far it is.
await new DirectorySnapshotter(layers).ingestLayer({
  stack: stack as DiffID[],
  blob: createReadStream(blob, { highWaterMark: 2048 }),
  onProgress: (bytes) => process.stdout.write(`${bytes}\n`),
});
