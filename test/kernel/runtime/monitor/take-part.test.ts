/** Who wants to take part in a container that runs under a monitor borrows the monitor's descriptors. */
import { closeSync, existsSync, readFileSync, writeSync } from 'node:fs';
import { expect } from 'vitest';
import { readExit } from '../../../../src/runtime/index.ts';
import { setWindowSize } from '../../../../src/syscall/index.ts';
import { rootTest } from '../alpine.ts';
import { borrow, isGone, monitorOptions, recordsOf, start, textOf, until } from './monitored.ts';

rootTest('stdin stays open for whoever comes, until it is asked to be closed', async () => {
  const { container, monitor } = await start(['sh', '-c', 'cat; echo ended'], { stdin: 'pipe' });
  await container.release();
  const { pid } = container.monitor;
  for (const word of ['one\n', 'two\n']) {
    const stdin = borrow(pid, container.descriptors.stdin);
    writeSync(stdin, word);
    closeSync(stdin);
  }
  const said = () => textOf(recordsOf(monitor.log.path), 1);
  await until(() => said() === 'one\ntwo\n', 'what was written');
  const control = borrow(pid, container.descriptors.control);
  writeSync(control, 'c');
  closeSync(control);
  await until(() => isGone(pid), 'the end of the monitor');
  expect(said()).toBe('one\ntwo\nended\n');
  expect(readExit(monitor.exit)).toMatchObject({ exitCode: 0 });
});

rootTest('a terminal is written to, resized and kept on record', async () => {
  const script =
    'read line; echo "got $line"; trap "stty size; exit 6" WINCH; echo ready; while :; do sleep 0.01; done';
  const { container, monitor } = await start(['sh', '-c', script], {
    stdin: 'pipe',
    process: { terminal: true, consoleSize: { height: 33, width: 101 } },
  });
  await container.release();
  expect(container.descriptors.stdin).toBeUndefined();
  const said = () => textOf(recordsOf(monitor.log.path), 1);
  const terminal = await borrowTerminal(container.monitor.pid, container.descriptors.terminal);
  writeSync(terminal, 'typed\r');
  await until(() => said().includes('ready'), 'the answer');
  setWindowSize(terminal, { rows: 50, columns: 200 });
  await until(() => existsSync(monitor.exit), 'the end');
  closeSync(terminal);
  expect(said()).toBe('typed\r\ngot typed\r\nready\r\n50 200\r\n');
  expect(readExit(monitor.exit)).toMatchObject({ exitCode: 6 });
});

/** The place is filled once the monitor has taken the word to go on. */
async function borrowTerminal(monitor: number, fd: number | undefined): Promise<number> {
  const socket = `/proc/${monitor}/fd/14`;
  await until(() => !existsSync(socket), 'the watch');
  return borrow(monitor, fd);
}

rootTest(
  'a monitor that is stopped holds its container’s output back, however many records, and nothing else',
  async () => {
    const options = monitorOptions();
    const log = { ...options.log, maxSize: 5000, maxFiles: 20 };
    const script = 'read line; yes "$line" | head -c 40000; exit 8';
    const { container, monitor } = await start(['sh', '-c', script], {
      stdin: 'pipe',
      monitor: { ...options, log },
    });
    await container.release();
    const { pid } = container.monitor;
    const stdin = borrow(pid, container.descriptors.stdin);
    process.kill(pid, 'SIGSTOP');
    await until(() => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')), 'the stop');
    writeSync(stdin, 'said\n');
    closeSync(stdin);
    await until(() => isGone(container.pid), 'the end of the container');
    expect([existsSync(monitor.exit), recordsOf(log.path)]).toEqual([false, []]);
    process.kill(pid, 'SIGCONT');
    await until(() => isGone(pid), 'the end of the monitor');
    const files = Array.from({ length: 20 }, (_, index) => (index === 19 ? log.path : `${log.path}.${19 - index}`));
    const kept = files.filter((file) => existsSync(file)).flatMap(recordsOf);
    expect(textOf(kept, 1)).toBe('said\n'.repeat(8000));
    expect(readExit(monitor.exit)).toMatchObject({ exitCode: 8 });
  },
);
