/**
 * The inside of a stage: runs what it is told, one program after another, and says how long each took. The parent's end of
 * the channel is its life: when that closes, this process ends, and with it its mount namespace and all that is mounted there.
 */
import { spawnSync } from 'node:child_process';

/** @typedef {{ argv: string[], env: Record<string, string>, cwd?: string }} Order */
/** @typedef {{ seconds: number, status: number | null, signal: string | null, stdout: string, stderr: string }} Outcome */

process.on('disconnect', () => process.exit());
// The callback takes the error of a parent that is gone meanwhile.
process.on('message', (/** @type {Order} */ order) => process.send?.(perform(order), () => {}));

/** @param {Order} order @returns {Outcome} */
function perform({ argv: [program = '', ...args], env, cwd }) {
  const start = process.hrtime.bigint();
  const run = spawnSync(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const stderr = run.error === undefined ? run.stderr : `${run.error.message}\n${run.stderr}`;
  return { seconds, status: run.status, signal: run.signal, stdout: run.stdout ?? '', stderr };
}
