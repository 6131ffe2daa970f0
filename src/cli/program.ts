/** The process around a command line: its descriptors, its environment, and the one place that leaves. */
import type { Engine, EngineOptions } from '../engine/index.ts';
import { runCommandLine } from './command-line.ts';
import { reportError } from './report.ts';
import { DescriptorSink, OutputClosed } from './sink.ts';

/** As a program that SIGPIPE ended: 128 + 13. */
const EXIT_OUTPUT_CLOSED = 141;

/** Runs this process's command line, and exits with its code. */
export function runProgram(openEngine: (options: EngineOptions) => Promise<Engine>): void {
  const stdout = new DescriptorSink(1);
  const stderr = new DescriptorSink(2);
  const leave = (error: unknown): never => {
    if (error instanceof OutputClosed) process.exit(EXIT_OUTPUT_CLOSED);
    process.exit(reportError(error, stderr, { debug: true, isRun: true }));
  };
  // What is thrown in a callback reaches no command: it is told in the same words.
  process.on('uncaughtException', leave);
  runCommandLine(process.argv.slice(2), { stdout, stderr, env: process.env, now: Date.now, openEngine })
    // Now, not when the event loop is empty: an open stdin or a pooled connection would keep the user waiting.
    .then((exitCode) => process.exit(exitCode), leave);
}
