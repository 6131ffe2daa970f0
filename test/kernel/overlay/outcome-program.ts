/** Program: ingests the blob argv[3] as the layer argv[4] below the folder argv[2], and prints what came of it as JSON. */
import { createReadStream, readdirSync } from 'node:fs';
import { GockerError } from '../../../src/errors/index.ts';
import type { DiffID } from '../../../src/oci/index.ts';
import { DirectorySnapshotter } from '../../../src/overlay/index.ts';

const [, , layers = '', blob = '', diffID = ''] = process.argv;
let error: unknown;
try {
  await new DirectorySnapshotter(layers).ingestLayer({ stack: [diffID as DiffID], blob: createReadStream(blob) });
} catch (thrown) {
  error = thrown;
}
const left = readdirSync(layers, { recursive: true });
const told =
  error instanceof GockerError ? { code: error.code, message: error.message, hint: error.hint } : String(error);
process.stdout.write(JSON.stringify(typeof told === 'string' ? { code: told, left } : { ...told, left }));
