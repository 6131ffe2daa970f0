/**
 * A stage: a private mount namespace in which programs are run and timed. Each contender has one, so that a filesystem can be
 * mounted for it, or a hierarchy hidden from it, without the machine or another contender seeing any of that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** @typedef {import('./stage-main.mjs').Outcome} Outcome */

export class Stage {
  #child;
  /** Rejects when the stage ends, which only an accident does before close(). @type {Promise<never>} */
  #end;

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.#child = child;
    this.#end = once(child, 'exit').then(() => Promise.reject(new Error('the stage ended before its program')));
    this.#end.catch(() => {});
  }

  static open() {
    const main = join(import.meta.dirname, 'stage-main.mjs');
    const argv = ['--mount', '--propagation', 'private', process.execPath, main];
    return new Stage(
      spawn('unshare', argv, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: plainEnvironment() }),
    );
  }

  /**
   * Runs a program to its end.
   *
   * @param {string[]} argv
   * @param {Record<string, string>} [env] on top of the plain environment
   * @returns {Promise<Outcome>}
   * @throws where it fails: a time of a failure means nothing
   */
  async run(argv, env = {}) {
    this.#child.send({ argv, env: { ...plainEnvironment(), ...env } });
    const [outcome] = await Promise.race([once(this.#child, 'message'), this.#end]);
    if (outcome.status === 0) return outcome;
    const how = outcome.signal ?? `exit code ${outcome.status}`;
    throw new Error(`${argv.join(' ').slice(0, 400)}: ${how}\n${outcome.stderr.slice(-2000)}`);
  }

  async close() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}

/**
 * What every contender gets, us included: no NODE_EXTRA_CA_CERTS (it costs 37 ms of each Node start), no NODE_OPTIONS, no
 * proxy between it and loopback.
 *
 * @returns {Record<string, string>}
 */
export function plainEnvironment() {
  const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', HOME = '/root', TMPDIR } = process.env;
  return { PATH, HOME, LC_ALL: 'C', ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}
