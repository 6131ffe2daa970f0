/** What a bridge network adds to a start, and how fast packets go through it, beside podman with netavark in the same layout. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineKinds } from '../engines.mjs';
import { measure, median } from '../measure.mjs';
import { hostAddress, NetworkLayout } from '../network-layout.mjs';
import { missing } from '../programs.mjs';
import { milliseconds, printTable, say, saySkipped } from '../table.mjs';

/** @typedef {import('../engines.mjs').Engine} Engine */

/** @type {import('../run.mjs').Row} */
export const network = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 15 }) {
    const tools = missing('ip', 'nsenter', 'unshare');
    if (tools !== undefined) return saySkipped('network', tools);
    const image = `${host}/bench/alpine:1`;
    /** @type {import('../measure.mjs').Contender[]} */
    const contenders = [];
    /** @type {(() => Promise<void>)[]} */
    const throughputs = [];
    for (const kind of engineKinds) {
      const lack = kind.missing();
      if (lack !== undefined) {
        saySkipped(`network: ${kind.name}`, lack);
        continue;
      }
      const engine = await kind.open(scratch);
      await engine.disk.mount();
      await engine.stage.run(engine.pull(image), engine.env);
      const layout = await NetworkLayout.make();
      scratch.onEnd(() => layout.close());
      for (const flags of [
        ['--network', 'none'],
        ['--network', 'bridge'],
        ['--network', 'bridge', '-p', '8099:80'],
      ]) {
        const argv = within(layout, [...program(engine), 'run', '--rm', ...flags, image, 'true']);
        const sample = async () => (await engine.stage.run(argv, engine.env)).seconds;
        contenders.push({ name: `${kind.name} ${flags.slice(1).join(' ')}`, sample });
      }
      throughputs.push(() => through(engine, { layout, image }));
    }
    printTable('network: run --rm alpine true, image cached', await measure(contenders, { rounds, warmUps: 2 }), {
      format: milliseconds,
      base: contenders[0]?.name ?? '',
    });
    const iperf = missing('iperf3');
    if (iperf !== undefined) return saySkipped('network: throughput', iperf);
    for (const measureThroughput of throughputs) await measureThroughput();
  },
};

/** The engine's own program with its global flags. @param {Engine} engine */
function program(engine) {
  const argv = engine.images();
  return argv.slice(0, argv.indexOf('images'));
}

/** @param {NetworkLayout} layout @param {string[]} argv */
function within(layout, argv) {
  return NetworkLayout.within(layout.host, argv);
}

/** @param {Engine} engine @param {{ layout: NetworkLayout, image: string }} where */
async function through(engine, { layout, image }) {
  const call = async (/** @type {string[]} */ ...argv) =>
    (await engine.stage.run(within(layout, [...program(engine), ...argv]), engine.env)).stdout.trim();
  const start = async (/** @type {string} */ name, /** @type {string[]} */ ...flags) => {
    await call('run', '-d', '--name', name, '--network', 'bridge', ...flags, image, 'sleep', '300');
    return Number(await call('inspect', '-f', '{{.State.Pid}}', name));
  };
  const server = await start('bench-server', '-p', '5201:5201', '-p', '5202:5202');
  const client = await start('bench-client');
  const address = await call('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'bench-server');
  const listening = [
    spawn('nsenter', NetworkLayout.within(server, ['iperf3', '-s', '-p', '5201']).slice(1), { stdio: 'ignore' }),
    spawn('nsenter', NetworkLayout.within(server, [process.execPath, '-e', echo]).slice(1), { stdio: 'ignore' }),
  ];
  await sleep(500);
  try {
    const rate = async (/** @type {number} */ from, /** @type {string} */ to) => {
      const argv = NetworkLayout.within(from, ['iperf3', '-J', '-t', '3', '-c', to, '-p', '5201']);
      const { stdout } = await engine.stage.run(argv, engine.env);
      return JSON.parse(stdout).end.sum_received.bits_per_second / 1e9;
    };
    /** @type {number[][]} */
    const rates = [[], []];
    for (let round = 0; round < 3; round++) {
      rates[0]?.push(await rate(client, address));
      rates[1]?.push(await rate(layout.outside, hostAddress));
    }
    const argv = NetworkLayout.within(layout.outside, [process.execPath, '-e', pingPong, hostAddress]);
    const latency = Number((await engine.stage.run(argv, engine.env)).stdout);
    const [inner = [], outer = []] = rates;
    const gigabits = (/** @type {number[]} */ values) => `${median(values).toFixed(1)} Gbit/s`;
    say(
      `\nnetwork, ${engine.name}: container to container ${gigabits(inner)}, outside to a published port ${gigabits(outer)}, a round trip through it ${latency.toFixed(1)} µs`,
    );
  } finally {
    for (const child of listening) child.kill('SIGKILL');
    await call('rm', '-f', ...(engine.name === 'podman' ? ['-t', '0'] : []), 'bench-server', 'bench-client');
  }
}

const echo = `require('node:net').createServer((socket) => socket.setNoDelay().on('data', (data) => socket.write(data)).on('error', () => {})).listen(5202);`;

/** The median of 5,000 round trips of one byte, after 1,000, in microseconds. */
const pingPong = `const times = [];
const socket = require('node:net').connect({ host: process.argv[1], port: 5202, noDelay: true });
let at = 0n;
const next = () => { at = process.hrtime.bigint(); socket.write('x'); };
socket.on('connect', next).on('data', () => {
  times.push(Number(process.hrtime.bigint() - at) / 1e3);
  if (times.length < 6000) return next();
  const sorted = times.slice(1000).sort((a, b) => a - b);
  console.log(sorted[sorted.length >> 1]);
  socket.destroy();
});`;
