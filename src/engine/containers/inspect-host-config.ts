/** What `inspect` tells of a container's HostConfig beside its limits, privileges, mounts and log, with docker's keys. */
import type { ContainerRecord } from './record.ts';

/** docker's for what there is nothing of here, so that templates find them. */
const always = {
  ContainerIDFile: '',
  VolumeDriver: '',
  ConsoleSize: [0, 0],
  Cgroup: '',
  Links: null,
  Runtime: 'gocker',
  Isolation: '',
  BlkioWeightDevice: [],
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  DeviceRequests: null,
  MemorySwappiness: null,
  OomKillDisable: false,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
};

export function inspectHostConfig(record: ContainerRecord): Readonly<Record<string, unknown>> {
  const { namespaces, userns, autoRemove, nameOptions } = record;
  return {
    ...always,
    Dns: nameOptions?.dns ?? [],
    DnsOptions: nameOptions?.dnsOptions ?? [],
    DnsSearch: nameOptions?.dnsSearch ?? [],
    ExtraHosts: nameOptions?.addHost?.length ? nameOptions.addHost : null,
    AutoRemove: autoRemove,
    Init: record.init === true,
    NetworkMode: namespaces?.network ?? '',
    IpcMode: namespaces?.ipc ?? '',
    PidMode: unlessPrivate(namespaces?.pid),
    UTSMode: unlessPrivate(namespaces?.uts),
    UsernsMode: userns?.mode ?? '',
    CgroupnsMode: namespaces?.cgroupns ?? '',
  };
}

/** docker shows what is private anyway as nothing, but for the two whose default it lets be chosen. */
function unlessPrivate(mode = ''): string {
  return mode === 'private' ? '' : mode;
}
