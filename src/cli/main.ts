#!/usr/bin/env node
/** The program that package.json names. The engine is loaded by the first command that needs it. */
import { runProgram } from './program.ts';

runProgram(async (options) => (await import('../engine/index.ts')).openEngine(options));
