/** The program with its engine, which the first command that needs it loads. */
import { runProgram } from './program.ts';

runProgram(async (options) => (await import('../engine/index.ts')).openEngine(options));
