/** Processes that join a container: where they are, what they may do, what they have, how they end. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import type { Process, Spec } from '../../../src/oci/index.ts';
import {
  type ContainerProcess,
  defaultNamespaces,
  type ExecuteOptions,
  execute,
  executeDetached,
  launch,
  readContainerFile,
} from '../../../src/runtime/index.ts';
import { leftovers, overlay, rootTest, type SpecChanges, scratch, specOf, textOf } from './alpine.ts';

interface Box {
  readonly container: ContainerProcess;
  readonly options: Pick<ExecuteOptions, 'spec' | 'container'>;
}

const open: ContainerProcess[] = [];

/** A container that says when its shell is done with `script`, and then sleeps. */
async function box(script = ':', changes: SpecChanges = {}, rootfs = overlay()): Promise<Box> {
  const spec = specOf(['sh', '-c', `${script}; echo ready; exec sleep 1000`], changes);
  const container = await launch({ spec, rootfs, stdin: 'null' });
  open.push(container);
  for await (const text of container.stdout) if (`${text}`.includes('ready')) break;
  return { container, options: { spec, container: { pid: container.pid, startTime: container.startTime } } };
}

async function end({ container }: Box): Promise<void> {
  container.kill('SIGKILL');
  await container.exited();
}

afterAll(async () => {
  for (const container of open) await end({ container } as Box);
  expect(leftovers().cgroups).toEqual([]);
});

let shared: Promise<Box> | undefined;

/** One for all tests that change nothing in it. */
function usual(): Promise<Box> {
  shared ??= box();
  return shared;
}

function optionsFor({ options }: Box, args: readonly string[], process: Partial<Process>): ExecuteOptions {
  const spec: Spec = { ...options.spec, process: { ...options.spec.process, args, ...process } };
  return { ...options, spec, stdin: 'null' };
}

async function run(args: readonly string[], process: Partial<Process> = {}, given?: Box) {
  const joined = await execute(optionsFor(given ?? (await usual()), args, process));
  const [stdout, stderr, exit] = await Promise.all([textOf(joined.stdout), textOf(joined.stderr), joined.exited()]);
  return { stdout: stdout.trimEnd(), stderr, exit };
}

async function sh(script: string, process: Partial<Process> = {}, given?: Box): Promise<string> {
  const { stdout, stderr, exit } = await run(['sh', '-ec', script], process, given);
  expect(exit.exitCode, stderr).toBe(0);
  return stdout;
}

/** The code of the error with which it did not start. */
async function refusal(args: readonly string[], process: Partial<Process> = {}, given?: Box): Promise<string> {
  return run(args, process, given).then(
    ({ stdout, exit }) => `it ran: ${stdout} ${exit.exitCode}`,
    (error) => error.code,
  );
}

/** What of its own status a process can compare with that of the container's first one. */
const privileges = 'grep -E "^(Cap|NoNewPrivs|Seccomp|Uid|Gid|Groups)"';

/** In a status, of a process of any pid namespace. */
function statusOf(pid: number, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

describe('a process that joins a container', () => {
  rootTest('is in every namespace of the container, beside its first process', async () => {
    const kinds = ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'user'];
    const script = `for k in ${kinds.join(' ')}; do readlink /proc/self/ns/$k /proc/1/ns/$k; readlink /proc/1/ns/$k; done`;
    const lines = (await sh(script.replace(' /proc/1/ns/$k;', ';'))).split('\n');
    for (const [index] of kinds.entries()) expect(lines[2 * index]).toBe(lines[2 * index + 1]);
    expect(new Set(lines).size).toBe(kinds.length);
    expect(await sh('hostname; tr "\\0" " " </proc/1/cmdline')).toBe('box\nsleep 1000');
  });

  rootTest('is in every cgroup of the container', async () => {
    const limited = await box(':', { linux: { resources: { memory: { limit: 64 * 1024 * 1024 } } } });
    const joined = await execute(optionsFor(limited, ['sleep', '1000'], {}));
    const own = limited.options.spec.linux.cgroupsPath ?? '';
    const cgroups = (pid: number) =>
      readFileSync(`/proc/${pid}/cgroup`, 'latin1')
        .split('\n')
        .filter((line) => line.includes(own));
    expect(cgroups(joined.pid)).toEqual(cgroups(limited.container.pid));
    expect(cgroups(joined.pid).length).toBeGreaterThan(0);
    await end(limited);
    expect((await joined.exited()).signal).toBe('SIGKILL');
  });

  rootTest('may do what the container may do, and no more', async () => {
    const own = await sh(`${privileges} /proc/self/status`);
    expect(own).toBe(await sh(`${privileges} /proc/1/status`));
    expect(own).toContain('CapEff:\t00000000a80425fb');
  });

  rootTest('gains no privileges in a container that gains none, and is bound by its filter', async () => {
    const seccomp = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }],
    };
    const bound = await box(':', { process: { noNewPrivileges: true }, linux: { seccomp } });
    expect(await sh('grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status', {}, bound)).toBe(
      'NoNewPrivs:\t1\nSeccomp:\t2',
    );
    expect((await run(['mkdir', '/tmp/x'], {}, bound)).stderr).toContain('Not supported');
    await end(bound);
  });

  rootTest('runs as the user that it is told, in its groups', async () => {
    const user = { uid: 405, gid: 100, additionalGids: [100, 7] };
    const capabilities = { bounding: ['CAP_CHOWN'], permitted: [], effective: [] };
    const lines = await sh(`id; ${privileges} /proc/self/status`, { user, capabilities });
    expect(lines).toContain('uid=405(guest) gid=100(users) groups=7(lp),100(users)');
    expect(lines).toContain('CapBnd:\t0000000000000001');
    expect(lines).toContain('CapPrm:\t0000000000000000');
  });

  rootTest('has no descriptor but its three, no environment but its own, and no signal ignored', async () => {
    expect((await run(['ls', '/proc/self/fd'])).stdout).toBe('0\n1\n2\n3');
    expect((await run(['cat', '/proc/self/environ'], { env: ['A=1'] })).stdout).toBe('A=1\0');
    expect((await run(['grep', '-E', 'Sig(Ign|Blk)', '/proc/self/status'])).stdout).toMatch(/^(Sig...:\t0{16}\n?){2}$/);
  });

  rootTest('leads a session of its own, in its working directory, with the umask of programs', async () => {
    const cwd = '/usr/bin/../lib';
    expect(await sh("pwd; umask; awk '{print ($1 == $6)}' /proc/$$/stat", { cwd })).toBe('/usr/lib\n0022\n1');
  });

  rootTest('has the limits and the score of the container', async () => {
    const process = {
      oomScoreAdj: 77,
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }],
    };
    const [soft, hard, score] = (await sh('ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj', process)).split('\n');
    expect([soft, hard, score]).toEqual(['100', '200', '77']);
  });

  rootTest('ends with its own exit code, or by a signal', async () => {
    expect((await run(['sh', '-c', 'exit 7'])).exit).toEqual({ exitCode: 7 });
    expect((await run(['sh', '-c', 'kill -TERM $$'])).exit).toEqual({ exitCode: 143, signal: 'SIGTERM' });
    const joined = await execute(optionsFor(await usual(), ['sleep', '1000'], {}));
    expect(joined.kill('KILL')).toBe(true);
    expect(await joined.exited()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
  });

  rootTest('reads what is written to it, up to the end', async () => {
    const joined = await execute({ ...optionsFor(await usual(), ['sh', '-c', 'cat; echo end'], {}), stdin: 'pipe' });
    joined.stdin?.end('some text\n');
    expect(await textOf(joined.stdout)).toBe('some text\nend\n');
  });

  rootTest('has a terminal of the container’s devpts, of the size that it is told, and dies with it', async () => {
    const process = { terminal: true, consoleSize: { height: 33, width: 99 } };
    const joined = await execute(
      optionsFor(
        await usual(),
        ['sh', '-c', 'tty; stty size; trap "stty size; exit 0" WINCH; echo up; while :; do sleep 0.1; done'],
        process,
      ),
    );
    let text = '';
    for await (const chunk of joined.stdout) {
      text += chunk;
      if (text.includes('up')) joined.resize({ rows: 11, columns: 22 });
    }
    expect(text.replaceAll('\r', '')).toBe('/dev/pts/0\n33 99\nup\n11 22\n');
    expect((await joined.exited()).exitCode).toBe(0);
  });

  rootTest('has a user namespace where the container has one, and is as little on the host', async () => {
    const first = 300_000;
    const mappings = [{ containerID: 0, hostID: first, size: 65_536 }];
    const mapped = await box(':', {
      linux: {
        namespaces: [...defaultNamespaces('private'), { type: 'user' }],
        uidMappings: mappings,
        gidMappings: mappings,
        sysctl: {},
      },
    });
    const user = { uid: 0, gid: 0, additionalGids: [0] };
    const joined = await execute(optionsFor(mapped, ['sleep', '1000'], { user, oomScoreAdj: 5 }));
    expect(statusOf(joined.pid, 'Uid')).toBe([first, first, first, first].join('\t'));
    expect(statusOf(joined.pid, 'Groups')?.trim()).toBe(`${first}`);
    const script = `id -u; readlink /proc/self/ns/user; readlink /proc/1/ns/user; ${privileges} /proc/self/status; ls -ln /proc/self/fd/1 >/dev/null; echo >/dev/stdout; cat /proc/self/oom_score_adj`;
    const [id, own, its] = (await sh(script, { user }, mapped)).split('\n');
    expect(id).toBe('0');
    expect(own).toBe(its);
    expect(statSync(`/proc/${joined.pid}/fd/1`).uid).toBe(first);
    expect(await sh('tty', { terminal: true }, mapped)).toBe('/dev/pts/0');
    await end(mapped);
    await joined.exited();
  });

  rootTest('ends with a container that is in the host’s pid namespace', async () => {
    const namespaces = defaultNamespaces('private').filter(({ type }) => type !== 'pid');
    const outside = await box(':', { linux: { namespaces } });
    const joined = await execute(optionsFor(outside, ['sleep', '1000'], {}));
    const detached = await executeDetached(optionsFor(outside, ['sleep', '1000'], {}));
    expect(existsSync(`/proc/${detached?.pid}`)).toBe(true);
    await end(outside);
    expect((await joined.exited()).signal).toBe('SIGKILL');
    expect(statOf(detached?.pid)).toBeUndefined();
  });

  rootTest('joins a container that is read-only', async () => {
    const fixed = await box(':', { root: { readonly: true } });
    expect(await sh('touch /x 2>&1 || echo no; pwd', {}, fixed)).toBe('touch: /x: Read-only file system\nno\n/');
    await end(fixed);
  });
});

/** Not there, or a zombie that somebody has still to reap. */
function statOf(pid: number | undefined): string | undefined {
  const path = `/proc/${pid}/stat`;
  const stat = existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z' ? undefined : stat;
}

describe('a detached process', () => {
  rootTest(
    'is a child of the container’s init, with nothing of ours, and is told by its number on the host',
    async () => {
      const detached = await executeDetached(optionsFor(await usual(), ['sleep', '1000'], {}));
      expect(readFileSync(`/proc/${detached?.pid}/cmdline`, 'latin1')).toBe('sleep\x001000\x00');
      const { container } = await usual();
      expect(statusOf(detached?.pid ?? 0, 'PPid')).toBe(`${container.pid}`);
      const files = spawnSync(
        'readlink',
        ['0', '1', '2'].map((fd) => `/proc/${detached?.pid}/fd/${fd}`),
      );
      expect(files.stdout.toString()).toBe('/dev/null\n'.repeat(3));
      expect(leftovers().children.split(' ')).not.toContain(`${detached?.pid}`);
    },
  );

  rootTest('ends with the container, whose end nothing of it holds up', async () => {
    const brief = await box();
    const detached = await executeDetached(optionsFor(brief, ['sleep', '1000'], {}));
    await executeDetached(optionsFor(brief, ['true'], {}));
    await end(brief);
    expect(statOf(detached?.pid)).toBeUndefined();
  });

  rootTest('that can’t be executed is an error', async () => {
    await expect(executeDetached(optionsFor(await usual(), ['nope'], {}))).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
    });
  });
});

describe('what can’t be executed', () => {
  rootTest('is told by code: no such command, no program, no such directory', async () => {
    expect(await refusal(['nope'])).toBe('COMMAND_NOT_FOUND');
    expect(await refusal(['/etc/passwd'])).toBe('COMMAND_NOT_EXECUTABLE');
    expect(await refusal(['true'], { cwd: '/nope' })).toBe('WORKDIR_UNUSABLE');
    expect(await refusal(['true'], { cwd: '/etc/passwd' })).toBe('WORKDIR_UNUSABLE');
  });

  rootTest('is everything, in a container that has ended', async () => {
    const gone = await box();
    await end(gone);
    expect(await refusal(['true'], {}, gone)).toBe('CONTAINER_NOT_RUNNING');
    expect(() => readContainerFile(gone.options.container, '/etc/passwd', 1)).toThrow('it has ended');
  });

  rootTest('leaves nothing behind, and neither does what can', async () => {
    await usual();
    const settled = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return leftovers();
    };
    await run(['true']);
    const before = await settled();
    for (const process of [{}, { terminal: true }]) {
      await run(['true'], process);
      await refusal(['nope'], process);
      await refusal(['true'], { ...process, cwd: '/nope' });
    }
    await executeDetached(optionsFor(await usual(), ['true'], {}));
    await executeDetached(optionsFor(await usual(), ['nope'], {})).catch(() => {});
    expect(await settled()).toEqual(before);
  });
});

describe('a container that lies in wait for who joins it', () => {
  rootTest('can lead nobody to the host by a working directory (CVE-2024-21626)', async () => {
    const trap = await box('ln -s /proc/self/fd/7 /link; ln -s /proc/self/cwd /cwd');
    for (const cwd of ['/proc/self/cwd', '/proc/1/cwd', '/proc/self/root', '/proc/thread-self/root', '/link', '/cwd']) {
      expect(await refusal(['pwd'], { cwd }, trap), cwd).toBe('WORKDIR_UNUSABLE');
    }
    for (let fd = 0; fd < 40; fd++) {
      expect(await refusal(['pwd'], { cwd: `/proc/self/fd/${fd}` }, trap), `${fd}`).toBe('WORKDIR_UNUSABLE');
    }
    expect(await sh('pwd -P', { cwd: '/../../..' }, trap)).toBe('/');
    await end(trap);
  });

  rootTest('has nobody run node by its shell (CVE-2019-5736)', async () => {
    const layer = scratch('layer');
    mkdirSync(join(layer, 'bin'));
    writeFileSync(join(layer, 'bin/evil'), '#!/proc/self/exe\n', { mode: 0o755 });
    symlinkSync('/proc/self/exe', join(layer, 'bin/link'));
    const trap = await box(':', {}, overlay([layer]));
    for (const command of ['/bin/evil', '/bin/link', '/proc/self/exe']) {
      expect(await run([command], {}, trap), command).toEqual({ stdout: '', stderr: '', exit: { exitCode: 126 } });
    }
    await end(trap);
  });

  rootTest('can hold up nobody by a null device or accounts that are something else', async () => {
    const script =
      'rm /dev/null; mkfifo /dev/null; rm /etc/passwd /etc/group; mkfifo /etc/passwd; ln -s /proc/1/root/etc/hosts /etc/group; ln -s ../../../../../etc/hostname /up';
    const trap = await box(script);
    const { container } = trap.options;
    expect(readContainerFile(container, '/etc/passwd', 100)).toBeUndefined();
    expect(readContainerFile(container, '/etc/group', 100)).toBeUndefined();
    expect(readContainerFile(container, '/nope', 100)).toBeUndefined();
    expect(readContainerFile(container, '/up', 100)?.toString()).toBe('localhost\n');
    expect(() => readContainerFile(container, '/bin/busybox', 100)).toThrow('expected at most 100');
    expect((await run(['true'], {}, trap)).exit.exitCode).toBe(0);
    await sh('rm /dev/null; ln -s /proc/self/fd/9 /dev/null', {}, trap);
    expect(await refusal(['true'], {}, trap)).toBe('DEVICE_UNUSABLE');
    expect((await execute({ ...optionsFor(trap, ['true'], {}), stdin: 'pipe' })).pid).toBeGreaterThan(0);
    await end(trap);
  });
});
