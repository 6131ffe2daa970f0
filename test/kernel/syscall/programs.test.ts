/** Whole programs: as an ordinary user, with a parent that dies, and one that has nothing left to do. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Script } from './script.ts';

const isRoot = process.getuid?.() === 0;
const sysctl = '/proc/sys/kernel/unprivileged_userns_clone';
const userNamespaces = !existsSync(sysctl) || readFileSync(sysctl, 'utf8').trim() === '1';

test.skipIf(!isRoot || !userNamespaces)('an ordinary user is root in a user namespace of its own', async () => {
  using script = await Script.bundle(`
    import { writeFileSync } from 'node:fs';
    const hostname = { call: 'sethostname', args: ['mine', 4], why: 'the name' };
    const stdout = { call: 'fcntl', args: [1, 2, 0], why: 'Node has made it close-on-exec' };
    const exec = { call: 'execve', args: ['/bin/sh', syscall.strings(['sh', '-c', 'echo $(id -u) $(uname -n)']), syscall.environment(['PATH=/usr/bin:/bin'])], why: 'the program' };
    const child = syscall.cloneAndPlay([...syscall.waitAtGate(), hostname, stdout, exec], { namespaces: ['CLONE_NEWUSER', 'CLONE_NEWUTS', 'CLONE_NEWPID', 'CLONE_NEWNS'] });
    writeFileSync('/proc/' + child.pid + '/uid_map', '0 ' + process.getuid() + ' 1');
    child.openGate();
    const outcome = await child.settled();
    if (outcome.error) throw outcome.error;
    console.log(JSON.stringify(await child.exited()));
  `);
  const { stdout, stderr } = script.run(65534);
  expect({ stdout, stderr }).toEqual({ stdout: '0 mine\n{"kind":"exited","exitCode":0}\n', stderr: '' });
});

test.skipIf(!isRoot)('an ordinary user who asks for a namespace alone is told what it takes', async () => {
  using script = await Script.bundle(`
    try { syscall.cloneAndPlay([], { namespaces: ['CLONE_NEWNET'] }); }
    catch (error) { console.log(error.code, error.message, error.hint); }
  `);
  expect(script.run(65534).stdout).toMatch(
    /^EPERM clone3\(\{flags=CLONE_PIDFD.*CLONE_NEWNET.* = EPERM .*CAP_SYS_ADMIN/,
  );
});

test('a child at its gate goes when its parent is killed, and so do those that were made after it', async () => {
  using script = await Script.bundle(`
    const exec = { call: 'execve', args: ['/bin/sleep', syscall.strings(['sleep', '1000']), syscall.environment([])], why: 'the program' };
    const children = [1, 2, 3].map(() => syscall.cloneAndPlay([...syscall.waitAtGate(), exec]));
    console.log(children.map(({ pid }) => pid).join(' '));
  `);
  const parent = script.start();
  const [line] = await once(parent.stdout, 'data');
  const pids = String(line).trim().split(' ');
  expect(pids).toHaveLength(3);
  expect(pids.filter((pid) => !isAlive(pid))).toEqual([]);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  while (pids.some(isAlive)) await setTimeout(10);
});

test('a program ends when its children have, without being asked to wait', async () => {
  using script = await Script.bundle(`
    const stdout = { call: 'fcntl', args: [1, 2, 0], why: 'Node has made it close-on-exec' };
    const exec = { call: 'execve', args: ['/bin/sh', syscall.strings(['sh', '-c', 'sleep 0.2; echo done']), syscall.environment(['PATH=/usr/bin:/bin'])], why: 'the program' };
    syscall.cloneAndPlay([stdout, exec]);
    process.on('exit', () => console.log('the loop is empty'));
  `);
  expect(script.run().stdout).toBe('done\nthe loop is empty\n');
});

test('constants, plans and printing load no native code', async () => {
  using script = await Script.bundle(`
    syscall.formatKernelCall({ call: 'mount', args: ['proc', '/proc', 'proc', syscall.flags(syscall.MS, 'MS_NOSUID'), null], why: 'test' });
    console.log(process.report.getReport().sharedObjects.filter((path) => path.includes('koffi')).length);
    syscall.pidfdOpen(process.pid);
    console.log(process.report.getReport().sharedObjects.filter((path) => path.includes('koffi')).length);
  `);
  expect(script.run().stdout).toBe('0\n1\n');
});

/** A zombie whom nobody reaps is as dead as can be. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
