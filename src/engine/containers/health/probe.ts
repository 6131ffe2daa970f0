/** One look at a container's health: a command beside its program, with a time limit. */
import type { Readable } from 'node:stream';
import { GockerError } from '../../../errors/index.ts';
import type { EngineContext } from '../../context.ts';
import { formatDuration } from '../../options/duration.ts';
import type { Exec } from '../../types.ts';
import { startExec } from '../exec.ts';
import type { ProbeResult } from './health.ts';
import type { ProbePlan } from './healthcheck.ts';

/** Bytes. */
const LARGEST_OUTPUT = 4096;
/** Milliseconds that output may come after the probe's end: what it left running may hold the pipes for ever. */
const PATIENCE = 1000;

/** @param id of the container @throws GockerError `CONTAINER_NOT_RUNNING`, `CONTAINER_NOT_FOUND`, `CONTAINER_PAUSED` */
export async function probe(context: EngineContext, id: string, plan: ProbePlan): Promise<ProbeResult> {
  const Start = new Date().toISOString();
  const done = (ExitCode: number, Output: string) => ({ Start, End: new Date().toISOString(), ExitCode, Output });
  let probing: Exec;
  try {
    // Checks would drown all other events.
    probing = (await startExec(context, id, { command: plan.command })).started;
  } catch (error) {
    if (!(error instanceof GockerError) || error.code.startsWith('CONTAINER_')) throw error;
    return done(-1, error.message);
  }
  const output = new ProbeOutput([probing.stdout, probing.stderr]);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    probing.kill('SIGKILL');
  }, plan.timeout);
  const { exitCode } = await probing.wait();
  clearTimeout(timer);
  await output.ended(PATIENCE);
  if (!isLate) return done(exitCode, output.text);
  const late = `Health check exceeded timeout (${formatDuration(plan.timeout * 1e6)})`;
  return done(-1, output.text === '' ? late : `${late}: ${output.text}`);
}

/** The beginning of what a probe says on both of its streams, in the order of its coming. */
class ProbeOutput {
  readonly #streams: readonly Readable[];
  readonly #ended: Promise<unknown>;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(streams: readonly Readable[]) {
    this.#streams = streams;
    for (const stream of streams) stream.on('data', (chunk: Buffer) => this.#add(chunk));
    this.#ended = Promise.all(streams.map((stream) => new Promise((resolve) => stream.on('close', resolve))));
  }

  get text(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8', 0, LARGEST_OUTPUT);
    return this.#length > LARGEST_OUTPUT ? `${text}...` : text;
  }

  async ended(within: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, within);
    });
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    for (const stream of this.#streams) stream.destroy();
  }

  #add(chunk: Buffer): void {
    if (this.#length < LARGEST_OUTPUT) this.#chunks.push(chunk);
    this.#length += chunk.length;
  }
}
