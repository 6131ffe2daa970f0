/** Containers that reach the world, are reached from it, and find each other: in namespaces of the test's own. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addresses, canMakeLayout, NetworkLayout } from '../support/network-layout.ts';
import { alpine, entriesOf, Host } from './host.ts';

const canRun = alpine !== undefined && canMakeLayout;
if (!canRun) console.warn('skipped: networks need root, iproute2, util-linux and ../shared');

describe.skipIf(!canRun)('networks (root, iproute2, ../shared)', () => {
  let layout: NetworkLayout;
  let host: Host;
  const started: string[] = [];

  beforeAll(async () => {
    layout = await NetworkLayout.make();
    host = await Host.withAlpine(layout.host);
    host.env.GOCKER_NETWORK = undefined;
    await layout.serve(layout.outside, 99);
    await layout.serve(layout.outside, 98, 'udp');
  });

  afterEach(async () => {
    await layout.hush();
    if (started.length > 0) await host.ok(['rm', '-f', ...started.splice(0)]);
    expect(members()).toEqual([]);
    // They go with their namespaces, which the kernel takes down when it has the time.
    await expect.poll(cables, { timeout: 10_000 }).toEqual([]);
    expect(publishedPorts()).toEqual([]);
    expect(await host.remains()).toEqual([]);
  });

  afterAll(() => {
    layout.close();
    host.close();
  });

  const members = (): readonly object[] => {
    const text = readFileSync(join(host.root, 'run', 'networks', 'members.json'), 'utf8');
    return (JSON.parse(text) as { members: readonly object[] }).members;
  };
  /** Ends of veths that are ours. */
  const cables = () => layout.in(layout.host, 'ip', '-br', 'link').match(/^gk[0-9a-f]{11}\b/gm) ?? [];
  const rules = () => layout.in(layout.host, 'nft', 'list', 'ruleset');
  const publishedPorts = () => rules().match(/(?:tcp|udp) \. \d+ : \S+ \. \d+/g) ?? [];

  /** @returns the pid of its first process */
  const start = async (name: string, ...flags: string[]): Promise<number> => {
    await host.ok(['run', '-d', '--name', name, ...flags, 'alpine', 'sleep', '300']);
    started.push(name);
    return Number(await host.ok(['inspect', '-f', '{{.State.Pid}}', name]));
  };
  const inspect = async (name: string, template: string) => (await host.ok(['inspect', '-f', template, name])).trim();
  /** What its /etc/hosts says of a name; asking a resolver for one that is not there would take seconds. */
  const lookUp = async (from: string, name: string) =>
    (await host.gocker(['exec', from, 'grep', '-E', `^[^#].*\\b${name}\\b`, '/etc/hosts'])).stdout;
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await host.gocker(['run', '--rm', ...args]);
    expect(exitCode).toBe(125);
    return stderr;
  };

  test('a container reaches the outside, which sees the host, and its MTU is the uplink’s', async () => {
    const { stderr, stdout } = await host.gocker(['run', '--rm', 'alpine', 'ip', 'addr', 'show', 'eth0']);
    expect(stdout).toContain('mtu 1400');
    // A new network namespace has it switched off.
    expect(stderr).toContain('warning: net.ipv4.ip_forward was 0 and is 1 now');
    const pid = await start('one');
    expect(await layout.ask(pid, addresses.outside, 99)).toBe(addresses.host);
    expect(await layout.ask(pid, addresses.outside, 98, 'udp')).toBe(addresses.host);
    expect(await host.ok(['stats', '--no-stream', '--format', '{{.NetIO}}', 'one'])).not.toMatch(/^0B/);
  });

  test('a published port is reached from everywhere, and the client’s address is kept', async () => {
    const pid = await start('web', '-p', '8080:80', '-p', '5353:53/udp', '-p', '127.0.0.1:8081:80');
    await layout.serve(pid, 80);
    await layout.serve(pid, 53, 'udp');
    const gateway = await inspect('web', '{{.NetworkSettings.Gateway}}');
    const other = await start('other');
    const otherIP = await inspect('other', '{{.NetworkSettings.IPAddress}}');
    expect(await layout.ask(layout.outside, addresses.host, 8080)).toBe(addresses.outside);
    expect(await layout.ask(layout.outside, addresses.host, 5353, 'udp')).toBe(addresses.outside);
    expect(await layout.ask(layout.host, addresses.host, 8080)).toBe(addresses.host);
    expect(await layout.ask(layout.host, '127.0.0.1', 8080)).toBe(gateway);
    expect(await layout.ask(layout.host, '127.0.0.1', 8081)).toBe(gateway);
    expect(await layout.ask(other, addresses.host, 8080)).toBe(gateway);
    expect(await layout.ask(pid, addresses.host, 8080)).toBe(gateway);
    expect(await layout.ask(other, await inspect('web', '{{.NetworkSettings.IPAddress}}'), 80)).toBe(otherIP);
    // One address alone is one address alone.
    expect(await layout.ask(layout.host, addresses.host, 8081)).toBe('ECONNREFUSED');
    expect(await layout.ask(layout.outside, addresses.host, 8081)).toBe('ECONNREFUSED');
    expect((await host.ok(['port', 'web'])).split('\n')).toEqual([
      '53/udp -> 0.0.0.0:5353',
      '80/tcp -> 0.0.0.0:8080',
      '80/tcp -> 127.0.0.1:8081',
      '',
    ]);
    const ports = await host.ok(['ps', '--filter', 'name=web', '--format', '{{.Ports}}']);
    expect(ports.trim()).toBe('0.0.0.0:8080->80/tcp, 0.0.0.0:5353->53/udp, 127.0.0.1:8081->80/tcp');
  });

  test('a port that is not published is reached from nowhere but its network and the host', async () => {
    const pid = await start('quiet');
    await layout.serve(pid, 80);
    const address = await inspect('quiet', '{{.NetworkSettings.IPAddress}}');
    layout.in(layout.outside, 'ip', 'route', 'replace', `${address}/32`, 'via', addresses.host);
    expect(await layout.ask(layout.outside, address, 80)).toBe('TIMEOUT');
    expect(await layout.ask(layout.host, address, 80)).not.toBe('TIMEOUT');
  });

  test('ranges, free ports, and those of EXPOSE', async () => {
    const pid = await start('many', '-p', '9000-9002:70-72', '-p', '75', '--expose', '76', '-P');
    await layout.serve(pid, 71);
    await layout.serve(pid, 75);
    await layout.serve(pid, 76);
    expect(await layout.ask(layout.outside, addresses.host, 9001)).toBe(addresses.outside);
    for (const port of ['75', '76']) {
      const [, free] = /:(\d+)\n/.exec(await host.ok(['port', 'many', port])) ?? [];
      expect(await layout.ask(layout.outside, addresses.host, Number(free))).toBe(addresses.outside);
    }
    expect(await host.ok(['ps', '--format', '{{.Ports}}'])).toContain('0.0.0.0:9000-9002->70-72/tcp');
  });

  test('a port that is taken is an error before anything starts', async () => {
    await start('first', '-p', '8080:80');
    expect(await refused('-p', '8080:80', 'alpine', 'true')).toContain(
      'cannot publish port 80/tcp at 0.0.0.0:8080/tcp: port is already allocated by container "first"',
    );
    await layout.serve(layout.host, 7777);
    expect(await refused('-p', '7777:80', 'alpine', 'true')).toContain('0.0.0.0:7777/tcp: port is already allocated\n');
    expect(await refused('-p', '203.0.113.77:80:80', 'alpine', 'true')).toContain('this host has no such address');
    // Nobody else gets it either, though nobody listens.
    await expect(layout.serve(layout.host, 8080)).rejects.toThrow();
    expect(await host.ok(['ps', '-aq'])).toMatch(/^[0-9a-f]{12}\n$/);
  });

  test('containers of a network find each other by name and alias, both ways, while they run', async () => {
    await host.ok(['network', 'create', 'net']);
    await start('alpha', '--network', 'net', '--network-alias', 'first');
    await start('beta', '--network', 'net');
    const ip = (name: string) => inspect(name, '{{.NetworkSettings.Networks.net.IPAddress}}');
    expect(await lookUp('beta', 'first')).toContain(await ip('alpha'));
    expect(await lookUp('alpha', 'beta')).toContain(await ip('beta'));
    expect(await host.ok(['exec', 'alpha', 'ping', '-c1', '-W1', 'beta'])).toContain('1 packets received');
    await host.ok(['stop', '-t', '0', 'beta']);
    expect(await lookUp('alpha', 'beta')).toBe('');
    await host.ok(['start', 'beta']);
    expect(await lookUp('alpha', 'beta')).toContain(await ip('beta'));
    await host.ok(['rename', 'beta', 'gamma']);
    started[started.indexOf('beta')] = 'gamma';
    expect(await lookUp('alpha', 'gamma')).toContain(await ip('gamma'));
    expect(await lookUp('alpha', 'beta')).toBe('');
    const inspected = await host.ok(['network', 'inspect', '-f', '{{range .Containers}}{{.Name}} {{end}}', 'net']);
    expect(inspected.trim().split(' ').sort()).toEqual(['alpha', 'gamma']);
    expect((await host.gocker(['network', 'rm', 'net'])).stderr).toMatch(
      /network net has active endpoints \(name:"alpha" id:"[0-9a-f]{12}", name:"gamma" id:/,
    );
    await host.ok(['rm', '-f', ...started.splice(0)]);
    await host.ok(['network', 'rm', 'net']);
  });

  test('networks are apart from one another, until a container is on both', async () => {
    await host.ok(['network', 'create', 'front']);
    await host.ok(['network', 'create', 'back']);
    const a = await start('aa', '--network', 'front');
    const b = await start('bb', '--network', 'back');
    await layout.serve(b, 80);
    const target = await inspect('bb', '{{.NetworkSettings.Networks.back.IPAddress}}');
    expect(await layout.ask(a, target, 80)).toBe('TIMEOUT');
    expect(await lookUp('aa', 'bb')).toBe('');
    await host.ok(['network', 'connect', '--alias', 'helper', 'back', 'aa']);
    expect(await layout.ask(a, target, 80)).toMatch(/^172\./);
    expect(await host.ok(['exec', 'aa', 'getent', 'hosts', 'bb'])).toContain(target);
    expect(await host.ok(['exec', 'bb', 'getent', 'hosts', 'helper'])).toContain('helper');
    await host.ok(['network', 'disconnect', 'back', 'aa']);
    expect(await layout.ask(a, target, 80)).toBe('TIMEOUT');
    expect(await lookUp('bb', 'helper')).toBe('');
    await host.ok(['rm', '-f', ...started.splice(0)]);
    expect(await host.ok(['network', 'prune', '-f'])).toBe('Deleted Networks:\nback\nfront\n\n');
    // Nobody runs: not even the default network's is left.
    expect(layout.in(layout.host, 'ip', '-br', 'link')).not.toMatch(/^gk-/m);
  });

  test('IPv6: out by the host’s address, in by a published port, and ::1 is refused at once', async () => {
    await host.ok(['network', 'create', '--ipv6', 'six']);
    const pid = await start('v6', '--network', 'six', '-p', '8080:80');
    await layout.serve(pid, 80);
    expect(await layout.ask(pid, addresses.outside6, 99)).toBe(addresses.host6);
    expect(await layout.ask(layout.outside, addresses.host6, 8080)).toBe(addresses.outside6);
    expect(await layout.ask(layout.outside, addresses.host, 8080)).toBe(addresses.outside);
    expect(await layout.ask(layout.host, '::1', 8080)).toBe('ECONNREFUSED');
    await host.ok(['rm', '-f', ...started.splice(0)]);
    await host.ok(['network', 'rm', 'six']);
  });

  test('an internal network reaches its own, and nothing else', async () => {
    await host.ok(['network', 'create', '--internal', 'inner']);
    const a = await start('in-a', '--network', 'inner');
    const b = await start('in-b', '--network', 'inner');
    await layout.serve(b, 80);
    expect(await layout.ask(a, await inspect('in-b', '{{.NetworkSettings.Networks.inner.IPAddress}}'), 80)).toMatch(
      /^172\./,
    );
    expect(await layout.ask(a, addresses.outside, 99)).toBe('ENETUNREACH');
    await host.ok(['rm', '-f', ...started.splice(0)]);
    await host.ok(['network', 'rm', 'inner']);
  });

  test('addresses that are asked for, and those that can’t be had', async () => {
    await host.ok(['network', 'create', '--subnet', '10.77.0.0/29', '--gateway', '10.77.0.6', 'small']);
    await start('fixed', '--network', 'name=small,ip=10.77.0.4,mac-address=02:00:00:00:00:07');
    expect(
      await inspect(
        'fixed',
        '{{.NetworkSettings.Networks.small.IPAddress}} {{.NetworkSettings.Networks.small.MacAddress}}',
      ),
    ).toBe('10.77.0.4 02:00:00:00:00:07');
    expect(await refused('--network', 'small', '--ip', '10.77.0.4', 'alpine', 'true')).toContain(
      'Address already in use',
    );
    expect(await refused('--network', 'small', '--ip', '10.77.0.6', 'alpine', 'true')).toContain(
      'Address already in use',
    );
    expect(await refused('--network', 'small', '--ip', '10.78.0.4', 'alpine', 'true')).toContain(
      "it is not in the network's subnet",
    );
    for (const name of ['f1', 'f2', 'f3', 'f5']) await start(name, '--network', 'small');
    expect(await refused('--network', 'small', 'alpine', 'true')).toContain('no address of 10.77.0.0/29 is left');
    await host.ok(['rm', '-f', ...started.splice(0)]);
    await host.ok(['network', 'rm', 'small']);
  });

  test('host, none and another container’s network', async () => {
    const run = (...args: string[]) => host.ok(['run', '--rm', ...args]);
    expect(await run('--network', 'host', 'alpine', 'ip', 'addr')).toContain(addresses.host);
    expect(await run('--network', 'none', 'alpine', 'ip', '-o', 'link')).toMatch(/^1: lo:[^\n]*\n$/);
    await start('owner');
    const ip = await inspect('owner', '{{.NetworkSettings.IPAddress}}');
    expect(await run('--network', 'container:owner', 'alpine', 'ip', 'addr', 'show', 'eth0')).toContain(ip);
    // The namespace lives on in the other, the cable doesn't.
    await start('guest', '--network', 'container:owner');
    await host.ok(['rm', '-f', 'owner']);
    expect(cables()).toEqual([]);
    expect(await host.ok(['exec', 'guest', 'ip', '-o', 'link'])).not.toContain('eth0');
    started.splice(started.indexOf('owner'), 1);
  });

  test('a gocker that is killed leaves nothing that the next doesn’t clear up', async () => {
    const { child, says } = host.start([
      'run',
      '--name',
      'gone',
      '-p',
      '8088:80',
      'alpine',
      'sh',
      '-c',
      'echo up; sleep 300',
    ]);
    await says('up');
    expect(members()).toEqual([expect.objectContaining({ name: 'gone' })]);
    expect(publishedPorts()).toHaveLength(1);
    // nsenter has become it.
    child.kill('SIGKILL');
    await host.ok(['system', 'prune', '-f']);
    expect(await host.ok(['ps', '-aq'])).toBe('');
  });

  test('what is left of one whose very record is lost goes with the next that joins', async () => {
    const { child, says, finished } = host.start(['run', '-p', '8088:80', 'alpine', 'sh', '-c', 'echo up; sleep 300']);
    await says('up');
    child.kill('SIGKILL');
    await finished;
    const [member] = members() as readonly { id: string; process: { pid: number } }[];
    // Whoever inherits it may be slow to reap it.
    const state = () => {
      const path = `/proc/${member?.process.pid}/status`;
      return existsSync(path) ? /State:\s+(\w)/.exec(readFileSync(path, 'utf8'))?.[1] : 'gone';
    };
    await expect.poll(state, { timeout: 10_000 }).toMatch(/^(?:Z|gone)$/);
    rmSync(join(host.root, 'containers', member?.id ?? '-'), { recursive: true });
    for (const mark of entriesOf(join(host.root, 'run', 'alive'))) rmSync(join(host.root, 'run', 'alive', mark));
    expect(publishedPorts()).toHaveLength(1);
    await host.ok(['run', '--rm', 'alpine', 'true']);
    expect(publishedPorts()).toEqual([]);
  });

  test('rules that a firewall’s restart has flushed are back with the next container, for all of them', async () => {
    const pid = await start('steady', '-p', '8080:80');
    await layout.serve(pid, 80);
    layout.in(layout.host, 'nft', 'flush', 'ruleset');
    await start('later');
    expect(await layout.ask(layout.outside, addresses.host, 8080)).toBe(addresses.outside);
  });

  test('a firewall that drops forwarded packets is noticed, and left as it is', async () => {
    layout.in(layout.host, 'nft', 'flush', 'ruleset');
    layout.in(
      layout.host,
      'nft',
      'add table ip wall { chain walls { type filter hook forward priority 0; policy drop; }; }',
    );
    const { stderr } = await host.gocker(['run', '--rm', 'alpine', 'true']);
    expect(stderr).toContain('chain "walls" of table "ip wall", which is not ours, drops forwarded packets');
    const [rule = ''] = /nft insert rule ip wall walls iifname \S+ accept/.exec(stderr) ?? [];
    const pid = await start('walled');
    expect(await layout.ask(pid, addresses.outside, 99)).toBe('TIMEOUT');
    layout.in(layout.host, ...rule.split(' '));
    layout.in(layout.host, ...rule.replace('iifname', 'oifname').split(' '));
    expect(await layout.ask(pid, addresses.outside, 99)).toBe(addresses.host);
    layout.in(layout.host, 'nft', 'delete', 'table', 'ip', 'wall');
  });

  test('--explain shows what the kernel was told of the network, between the clone and the child’s own calls', async () => {
    await start('told', '-p', '8080:80');
    const lines = (await host.ok(['explain', 'told'])).split('\n').filter((line) => !line.startsWith('#'));
    const told = lines.filter((line) => line.startsWith('sendto('));
    expect(told.find((line) => line.includes('RTM_NEWLINK') && line.includes('IFLA_INFO_KIND="veth"'))).toBeDefined();
    expect(told.find((line) => line.includes('RTM_NEWROUTE'))).toContain('RTA_GATEWAY=172.');
    expect(told.find((line) => line.includes('"ports4"'))).toContain('0.0.0.0:8080/tcp -> 172.');
    expect(told.every((line) => line.includes(' = 0'))).toBe(true);
    expect(lines.findIndex((line) => line.startsWith('sendto('))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('sethostname(')),
    );
  });

  test('rules of others are left alone', async () => {
    layout.in(layout.host, 'nft', 'add table inet theirs { chain c { type filter hook input priority 5; counter; }; }');
    const before = layout
      .in(layout.host, 'nft', 'list', 'table', 'inet', 'theirs')
      .replace(/packets \d+ bytes \d+/, '');
    await start('polite', '-p', '8080:80');
    await host.ok(['rm', '-f', ...started.splice(0)]);
    await host.ok(['system', 'prune', '-f']);
    expect(layout.in(layout.host, 'nft', 'list', 'table', 'inet', 'theirs').replace(/packets \d+ bytes \d+/, '')).toBe(
      before,
    );
    expect(rules()).not.toContain('gocker');
  });

  test.each([
    [['--subnet', '203.0.113.0/25', 'x'], "203.0.113.0/25 with this host's route to 203.0.113.0/24"],
    [['--subnet', '10.1.2.3/16', 'x'], 'invalid subnet 10.1.2.3/16: it should be 10.1.0.0/16'],
    [['--subnet', '10.1.0.0/31', 'x'], 'has no room for a gateway and a container'],
    [['--subnet', '10.1.0.0/16', '--gateway', '10.2.0.1', 'x'], 'no matching subnet for gateway 10.2.0.1'],
    [['--subnet', '10.1.0.0/16', '--ip-range', '10.2.0.0/24', 'x'], 'no matching subnet for range 10.2.0.0/24'],
    [['host'], 'operation is not permitted on predefined host network'],
    [['-o', 'mtu=12', 'x'], 'value: 12 (expected 68 to 65535)'],
    [['-d', 'macvlan', 'x'], 'plugin "macvlan" not found (expected bridge)'],
  ])('network create refuses %j', async (args, message) => {
    const { exitCode, stderr } = await host.gocker(['network', 'create', ...args]);
    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
  });

  test.each([
    [['--network', 'nowhere'], 'cannot find network "nowhere": network nowhere not found'],
    [
      ['--network', 'none', '--network', 'bridge'],
      'cannot attach both user-defined and non-user-defined network-modes',
    ],
    [['--ip', '10.0.0.1'], 'user specified IP address is supported on user defined networks only'],
    [['--network-alias', 'x'], 'network-scoped alias is supported only for containers in user defined networks'],
    [['-p', 'nonsense'], 'invalid containerPort: nonsense'],
    [['-p', '8000-8002:80-81'], 'invalid ranges specified for container and host Ports'],
    [['--mac-address', '01:00:00:00:00:01'], 'it is the address of a group'],
    [['--dns', 'resolver'], 'resolver is not an ip address'],
    [['--add-host', 'db'], 'bad format for add-host'],
  ])('run refuses %j', async (args, message) => {
    expect(await refused(...args, 'alpine', 'true')).toContain(message);
  });

  test('--add-host, --dns and their like are in the container’s files', async () => {
    const flags = [
      '--add-host',
      'db:10.1.2.3',
      '--add-host',
      'here=host-gateway',
      '--dns',
      '192.0.2.53',
      '--dns-search',
      'example.com',
      '--dns-option',
      'ndots:2',
    ];
    const files = await host.ok([
      'run',
      '--rm',
      '--name',
      'namely',
      ...flags,
      'alpine',
      'cat',
      '/etc/hosts',
      '/etc/resolv.conf',
    ]);
    expect(files).toContain('10.1.2.3\tdb\n');
    expect(files).toMatch(/^172\.\d+\.0\.1\there$/m);
    expect(files).toMatch(/^172\.\d+\.0\.2\t[0-9a-f]{12} namely$/m);
    expect(files).toContain('nameserver 192.0.2.53\nsearch example.com\noptions ndots:2\n');
  });
});
