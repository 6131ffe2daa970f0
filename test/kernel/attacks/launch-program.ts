/** Launches one container from JSON in argv: a program of its own, so that a test can have it run by a node that may be harmed. */

import type { Spec } from '../../../src/oci/index.ts';
import { launch, type Rootfs } from '../../../src/runtime/index.ts';

const { spec, rootfs, init } = JSON.parse(process.argv[2] ?? '') as { spec: Spec; rootfs: Rootfs; init: boolean };
const container = await launch({ spec, rootfs, stdin: 'null', init });
const [exit] = await Promise.all([container.exited(), container.copyOutput({ stdout: 1, stderr: 2 })]);
process.exitCode = exit.exitCode;
