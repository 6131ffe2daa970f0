/**
 * The same command lines to docker and to gocker, on the same rootfs: what the container finds, what it may, how it ends, what is
 * refused and what `inspect` says. `npm run test:oracle`, as root, with docker ≥ 28: a running one (DOCKER_HOST) or a dockerd
 * on the PATH.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, entriesOf, Host, isRoot } from '../e2e/host.ts';
import { capabilities, commands, inspections, limits, refusals, states } from './cases.ts';
import { limitsOf } from './cgroup-files.ts';
import { type Difference, differences } from './differences.ts';
import { type Docker, daemonLimits, dockerHost, type Finished, startDocker } from './docker.ts';
import { compileEveryCall, hasCompiler } from './every-call.ts';
import { type Findings, namespaceNames, probe, readFindings } from './probe.ts';
import { scenarios, withoutIdentity, wordsOf } from './scenarios.ts';

const wanted = process.env.GOCKER_ORACLE !== undefined && isRoot && alpine !== undefined && dockerHost !== undefined;

describe.skipIf(!wanted)('gocker beside docker (npm run test:oracle; root, ../shared, docker ≥ 28)', () => {
  let docker: Docker;
  let host: Host;
  let shared: string;

  /** A line of flags as words, with the places that it stands for. */
  const words = (line: string) =>
    line
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.replaceAll('TMP', shared).replaceAll('DISK', disk()));
  const both = async (args: readonly string[]): Promise<[Finished, Finished]> => {
    const theirs = await docker.docker(args);
    const { exitCode, stdout, stderr } = await host.gocker(args);
    return [{ exitCode: exitCode ?? 255, stdout, stderr }, theirs];
  };

  const used = new Set<Difference>();

  /** The same findings, but for what differs on purpose. */
  const compare = (ours: Findings, theirs: Findings, flags: string) => {
    for (const section of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      let found = ours[section] ?? [];
      let expected = theirs[section] ?? [];
      for (const difference of differences) {
        if (difference.section !== section || difference.flags?.test(flags) === false) continue;
        const picked = [found, expected].map((lines) => lines.filter((line) => difference.line.test(line)).join('\n'));
        if (picked[0] !== picked[1]) used.add(difference);
        found = found.filter((line) => !difference.line.test(line));
        expected = expected.filter((line) => !difference.line.test(line));
      }
      expect.soft(found, section).toEqual(expected);
    }
  };

  beforeAll(async () => {
    host = new Host();
    host.env.GOCKER_ALPINE_TARBALL = alpine;
    shared = join(host.folder, 'places');
    mkdirSync(join(shared, 'shared'), { recursive: true });
    writeFileSync(join(shared, 'file'), 'a file\n');
    docker = await startDocker(alpine ?? '');
    await host.ok(['pull', '-q', 'alpine']);
  });

  afterAll(async () => {
    await docker?.close();
    const left = host.leftovers();
    const containers = entriesOf(join(host.root, 'containers'));
    host.close();
    expect(left).toEqual([]);
    expect(containers).toEqual([]);
  });

  describe('what the container finds', () => {
    test.each(states)('run %s', async (flags) => {
      const [ours, theirs] = await both(['run', '--rm', ...words(flags), 'alpine', 'sh', '-c', probe]);
      expect(ours).toMatchObject({ exitCode: theirs.exitCode });
      const names = new Map([[shared, 'TMP']]);
      const found = readFindings(ours.stdout, new Map([...names, ...namespaceNames('/proc/self/ns')]));
      const expected = readFindings(theirs.stdout, new Map([...names, ...namespaceNames(docker.namespaces)]));
      compare(found, expected, flags);
    });
  });

  test.each(commands.map((words) => ({ line: words.join(' '), words })))('run $line', async ({ words: command }) => {
    const args = command.map((word) => word.replaceAll('TMP', shared));
    const [ours, theirs] = await both(['run', '--rm', ...args]);
    expect({ exitCode: ours.exitCode, stdout: ours.stdout }).toEqual({
      exitCode: theirs.exitCode,
      stdout: theirs.stdout,
    });
  });

  test.each(refusals)('run $flags is refused by name', async ({ flags, names, unlike }) => {
    const [ours, theirs] = await both(['run', '--rm', ...words(flags), 'alpine', 'true']);
    expect(ours).toMatchObject({ exitCode: 125, stdout: '' });
    for (const name of names) expect(ours.stderr).toContain(name);
    // The flag itself; or what could not be done, since a library user has typed no flags.
    const given = [...flags.matchAll(/--[a-z-]+/g)].map(([name]) => name);
    expect([...given, 'gocker: cannot ', ' = E'].filter((name) => ours.stderr.includes(name))).not.toEqual([]);
    if (unlike === undefined) expect(theirs.exitCode).toBe(125);
    else expect(theirs.exitCode).not.toBe(125);
  });

  test.each(inspections)('inspect after run %s', async (flags) => {
    const changed = await Promise.all(
      [host.gocker.bind(host), docker.docker].map(async (engine) => {
        await engine(['run', '--name', 'plain', 'alpine', 'true']);
        await engine(['run', '--name', 'flagged', ...words(flags), 'alpine', 'true']);
        const { stdout } = await engine(['inspect', 'plain', 'flagged']);
        await engine(['rm', '--volumes', 'plain', 'flagged']);
        await engine(['volume', 'rm', '--force', 'named']);
        return changes(JSON.parse(stdout));
      }),
    );
    expect(changed[0]).toEqual(changed[1]);
  });

  test.each(scenarios)('$title', async ({ commands: lines }) => {
    for (const line of lines) {
      const [ours, theirs] = await both(wordsOf(line.replaceAll('TMP', shared)));
      const [found, expected] = [ours, theirs].map(({ exitCode, stdout }) =>
        withoutIdentity(`[${exitCode}] ${stdout}`),
      );
      expect.soft(`${line}\n${found}`).toBe(`${line}\n${expected}`);
    }
  });

  test.skipIf(!hasCompiler).each(capabilities)('every system call answers alike in run %s (gcc)', async (flags) => {
    const program = join(shared, 'every-call');
    compileEveryCall(program);
    const [ours, theirs] = await both([
      'run',
      '--rm',
      ...words(flags),
      '-v',
      `${program}:/every-call:ro`,
      'alpine',
      '/every-call',
    ]);
    expect(theirs.stdout.split('\n').length).toBeGreaterThan(1000);
    compare({ calls: ours.stdout.split('\n') }, { calls: theirs.stdout.split('\n') }, flags);
  });

  test.each(limits)('the files of cgroups after run %s', async (flags) => {
    const values = [host.gocker.bind(host), docker.docker].map(async (engine, index) => {
      const token = `token-${process.pid}-${index}`;
      const ended = engine(['run', '--rm', ...words(flags), 'alpine', 'sh', '-c', 'sleep 1; true', token]);
      // A container that never came has said why.
      const found = await Promise.race([limitsOf(token), ended.then(({ stderr }) => ({ stderr }))]);
      await ended;
      return found;
    });
    const [ours = {}, theirs = {}] = (await Promise.all(values)).map((found) => ({
      // Without a limit on processes we leave their controller alone.
      'pids.max': 'max',
      ...found,
    }));
    expect(ours).toEqual(theirs);
  });

  test('every difference that is listed is still one', () => {
    const stale = differences.filter((difference) => difference.here !== false && !used.has(difference));
    expect(stale).toEqual([]);
  });
});

/** Keys of HostConfig, and of what stands beside it, whose values are not those of a plain container. */
function changes(containers: readonly Record<string, unknown>[]): Record<string, unknown> {
  const [plain = {}, flagged = {}] = containers.map(settings);
  const keys = Object.keys(flagged).filter((key) => JSON.stringify(plain[key]) !== JSON.stringify(flagged[key]));
  return Object.fromEntries(keys.sort().map((key) => [key, flagged[key]]));
}

function settings(container: Record<string, unknown>): Record<string, unknown> {
  const { HostConfig, Config, Mounts } = container as Record<string, Record<string, unknown>>;
  // The environment that the container gets of itself stands in gocker's record, not in docker's.
  const { Env: _env, Hostname: _id, ...config } = Config ?? {};
  const options = HostConfig?.SecurityOpt as readonly string[] | null;
  // What docker tells SELinux where it is off; and the limits that were given to the daemon, in any order.
  const security = options?.filter((option) => option !== 'label=disable') ?? [];
  const ulimits = (HostConfig?.Ulimits as readonly { Name: string }[] | null) ?? [];
  const asked = ulimits.filter((ulimit) => !daemonLimits().some((limit) => limit === JSON.stringify(ulimit)));
  const text = JSON.stringify({ ...HostConfig, ...config, Mounts, SecurityOpt: security, Ulimits: asked });
  return JSON.parse(withoutIdentity(text));
}

/** A disk of this machine: `/dev/vda`. */
function disk(): string {
  const name = readdirSync('/sys/block').find(
    (block) => readFileSync(`/sys/block/${block}/removable`, 'utf8') === '0\n' && /^(vd|sd|nvme|xvd)/.test(block),
  );
  return `/dev/${name}`;
}
