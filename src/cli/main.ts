#!/usr/bin/env node
/** The program: runs one command line and leaves with its exit code. */
import { runCommandLine } from './command-line.ts';
import { reportError } from './report.ts';
import { DescriptorSink, OutputClosed } from './sink.ts';

/** As a program that SIGPIPE ended: 128 + 13. */
const EXIT_OUTPUT_CLOSED = 141;

const surroundings = {
  stdout: new DescriptorSink(1),
  stderr: new DescriptorSink(2),
  env: process.env,
  now: Date.now,
  openEngine: async (options: Parameters<typeof import('../engine/index.ts').openEngine>[0]) =>
    (await import('../engine/index.ts')).openEngine(options),
};

function leave(error: unknown): never {
  if (error instanceof OutputClosed) process.exit(EXIT_OUTPUT_CLOSED);
  process.exit(reportError(error, surroundings.stderr, { debug: true, isRun: true }));
}

// What is thrown in a callback reaches no command: it is told in the same words.
process.on('uncaughtException', leave);

runCommandLine(process.argv.slice(2), surroundings)
  // Now, not when the event loop is empty: an open stdin or a pooled connection would keep the user waiting.
  .then((exitCode) => process.exit(exitCode), leave);
