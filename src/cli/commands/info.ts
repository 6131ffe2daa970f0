/** `gocker info` */
import type { EngineInfo } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { Template } from '../template/template.ts';
import { readVersion } from '../version.ts';

export const info = defineCommand({
  name: 'info',
  usage: '[OPTIONS]',
  description: 'Show what gocker finds on this machine',
  options: {
    format: { flags: '-f, --format <template>', kind: 'text', description: 'Print by a Go template, or as "json"' },
  },
  operands: { least: 0, most: 0 },
  examples: ["gocker info --format '{{.Driver}}'"],
  async run(flags, _operands, { engine, stdout, stderr }) {
    const found = await (await engine()).info();
    const facts = dockerFacts(found);
    if (flags.format === 'json') stdout.write(`${JSON.stringify(facts)}\n`);
    else if (flags.format !== undefined) stdout.write(`${new Template(flags.format).execute(facts)}\n`);
    else {
      stdout.write(formatInfo(found));
      for (const warning of found.warnings) stderr.write(`warning: ${warning}\n`);
    }
    return 0;
  },
});

/** docker's keys, so that templates carry over. */
function dockerFacts(found: EngineInfo): Readonly<Record<string, unknown>> {
  return {
    ServerVersion: readVersion(),
    Containers: found.containers,
    ContainersRunning: found.containersRunning,
    ContainersStopped: found.containers - found.containersRunning,
    Images: found.images,
    Driver: found.snapshotter,
    CgroupDriver: 'cgroupfs',
    CgroupVersion: found.cgroupVersion.replace(/^v/, ''),
    MemoryLimit: found.limits.includes('memory'),
    SwapLimit: found.limits.includes('swap'),
    CpuCfsPeriod: found.limits.includes('cpu'),
    CpuCfsQuota: found.limits.includes('cpu'),
    CPUShares: found.limits.includes('cpu'),
    CPUSet: found.limits.includes('cpuset'),
    PidsLimit: found.limits.includes('pids'),
    DeviceAccess: found.deviceAccess,
    KernelVersion: found.kernelVersion,
    OperatingSystem: found.operatingSystem,
    OSType: 'linux',
    Architecture: found.architecture,
    NCPU: found.cpus,
    MemTotal: found.memoryBytes,
    DockerRootDir: found.root,
    RunDir: found.run,
    Rootless: found.rootless,
    RegistriesConf: found.registriesConf ?? '',
    Warnings: found.warnings,
  };
}

const deviceAccess = { bpf: 'eBPF filter', v1: 'devices controller (v1)', none: 'no mknod' };

function formatInfo(found: EngineInfo): string {
  const lines: readonly (readonly [string, string | number])[] = [
    ['Containers', found.containers],
    [' Running', found.containersRunning],
    [' Stopped', found.containers - found.containersRunning],
    ['Images', found.images],
    ['Version', readVersion()],
    ['Snapshotter', found.snapshotter],
    ['Cgroup Driver', 'cgroupfs'],
    ['Cgroup Version', found.cgroupVersion.replace(/^v/, '')],
    ['Limits', found.limits.join(' ')],
    ['Device Access', deviceAccess[found.deviceAccess]],
    ['Rootless', found.rootless ? 'yes' : 'no'],
    ['Kernel Version', found.kernelVersion],
    ['Operating System', found.operatingSystem],
    ['Architecture', found.architecture],
    ['CPUs', found.cpus],
    ['Total Memory', `${Number((found.memoryBytes / 2 ** 30).toPrecision(4))}GiB`],
    ['Root Dir', found.root],
    ['Run Dir', found.run],
    ['Registries Conf', found.registriesConf ?? 'none'],
  ];
  return lines.map(([key, value]) => `${key}: ${value}\n`).join('');
}
