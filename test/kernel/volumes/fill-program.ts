/** Program: fills the volume argv[2] from the directory `data` of the one layer argv[3], to be killed while it does. */
import { fillVolume } from '../../../src/engine/volumes/fill.ts';

const [, , folder = '', lowerdir = ''] = process.argv;
process.stdout.write('begins\n');
await fillVolume(folder, { lowerdirs: [lowerdir], path: '/data' });
process.stdout.write('ends\n');
