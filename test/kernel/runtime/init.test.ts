/** The reaper as PID 1 of a container, as tini is docker's. */
import { expect } from 'vitest';
import { launch } from '../../../src/runtime/index.ts';
import { overlay, rootTest, run, sh, specOf, textOf } from './alpine.ts';

const init = true;
const user = { uid: 1000, gid: 1000 };

rootTest('an init ends as its program does', async () => {
  for (const code of [0, 1, 42, 255]) {
    expect((await run(['sh', '-c', `exit ${code}`], { init })).exit).toEqual({ exitCode: code });
  }
  expect((await run(['sh', '-c', 'kill -SEGV $$'], { init })).exit).toEqual({ exitCode: 139 });
  expect((await run(['sh', '-c', 'kill -KILL $$'], { init })).exit).toEqual({ exitCode: 137 });
});

rootTest('an init is PID 1, and ps tells what it is for', async () => {
  const shown = await sh('ps -o pid,comm,args', { init });
  expect(shown).toMatch(/\n +1 gocker-init +gocker-init -- sh -ec ps.*\n +2 ps /);
});

rootTest('an init reaps orphans, however many', async () => {
  const orphans = 'for i in 1 2 3 4 5 6 7 8 9; do sh -c "true & true & true &"; done';
  // Init, this shell, and those of the count itself; a zombie would stay for ever.
  const reaped = 'until [ "$(ls -d /proc/[0-9]* | wc -l)" -le 6 ]; do :; done';
  expect(await sh(`${orphans}; ${reaped}; echo reaped`, { init })).toBe('reaped');
});

rootTest('an init passes signals on, each as it is', async () => {
  const script =
    'for s in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do trap "echo $s" $s; done; echo ready; while :; do sleep 0.02; done';
  const container = await launch({ spec: specOf(['sh', '-c', script]), rootfs: overlay(), stdin: 'null', init });
  const heard: string[] = [];
  const signals = ['HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'TERM', 'WINCH', 'CONT'];
  const rest = [...signals];
  for await (const chunk of container.stdout) {
    heard.push(...String(chunk).trim().split('\n'));
    const next = rest.shift();
    container.kill(next ?? 'KILL');
  }
  expect(heard).toEqual(['ready', ...signals]);
  expect(await container.exited()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
});

rootTest('a program that has no handler ends by a signal to its init, which PID 1 itself would not', async () => {
  const container = await launch({ spec: specOf(['sleep', '60']), rootfs: overlay(), stdin: 'null', init });
  container.kill('TERM');
  expect(await container.exited()).toEqual({ exitCode: 143 });
});

rootTest('what a program leaves running ends with it', async () => {
  const { exit, stdout } = await run(['sh', '-c', 'sleep 60 & echo $!'], { init });
  expect({ exit, stdout: /^\d+\n$/.test(stdout) }).toEqual({ exit: { exitCode: 0 }, stdout: true });
});

rootTest('an init does not get in the way of errors', async () => {
  const rootfs = overlay();
  const failures = ['nope', '/etc/passwd', '/etc', '/bin/nope'].map((command) =>
    Promise.all([false, true].map((with_) => run([command], { init: with_, rootfs: overlay() }).catch(describe))),
  );
  for (const [without, withInit] of await Promise.all(failures)) expect(withInit).toEqual(without);
  expect(await sh('echo fine', { init, rootfs })).toBe('fine');
});

rootTest('an init holds a few pages, nothing of gocker’s, and is open to the container', async () => {
  const script = `
    grep -v -e vdso -e vvar -e vsyscall /proc/1/maps | awk '{ print $2, $6 }'
    awk '/^Rss/ { sum += $2 } END { print (sum < 64) }' /proc/1/smaps
    ls /proc/1/fd | tr '\\n' ' '
    tr '\\0' '\\n' </proc/1/environ | grep -c ^PATH=`;
  // Time and again: the program runs beside its init.
  for (const process of [{}, { user }, {}, { user }, {}, { user }]) {
    expect(await sh(script, { init, process })).toBe('r-xp /memfd:gocker-handover\nrw-p [stack]\n1\n0 1 2 1');
  }
});

rootTest('an init works for any user, with a read-only root, and with no new privileges', async () => {
  const process = { user, capabilities: {}, noNewPrivileges: true };
  const root = { readonly: true };
  expect(await sh('id -u; cut -d " " -f 1 /proc/$PPID/stat', { init, process, root })).toBe('1000\n1');
});

rootTest('with an init a terminal belongs to the program: Ctrl-C reaches it, and not its init', async () => {
  const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.02; done';
  const spec = specOf(['sh', '-c', script], { process: { terminal: true } });
  const container = await launch({ spec, rootfs: overlay(), stdin: 'pipe', init });
  let shown = '';
  for await (const chunk of container.stdout) {
    shown += chunk;
    if (String(chunk).includes('ready')) container.stdin?.write('\x03');
  }
  expect(shown).toContain('caught');
  expect(await container.exited()).toEqual({ exitCode: 9 });
});

rootTest('a shell under an init has job control', async () => {
  const spec = specOf(['sh', '-i'], { process: { terminal: true } });
  const container = await launch({ spec, rootfs: overlay(), stdin: 'pipe', init });
  container.stdin?.write('sleep 0.1 &\nfg\necho done $((20 + 3))\nexit 4\n');
  const shown = await textOf(container.stdout);
  expect(shown).toContain('done 23');
  expect(shown).not.toMatch(/job control turned off|can't access tty/);
  expect(await container.exited()).toEqual({ exitCode: 4 });
});

function describe(error: Error & { code?: string; hint?: string }) {
  const { code, message, hint } = error;
  return { code, message, hint };
}
