export { availableLimits, type Limitable } from './cgroups/available.ts';
export { removeCgroup } from './cgroups/cgroup.ts';
export { freezeCgroup, isFrozen, killCgroup } from './cgroups/freeze.ts';
export { cgroup2Mountpoint, cgroupHierarchies } from './cgroups/hierarchies.ts';
export { whileFrozen } from './cgroups/hold-still.ts';
export { countsSwap } from './cgroups/memory.ts';
export { updateCgroup } from './cgroups/update.ts';
export { readUsage, type Usage } from './cgroups/usage.ts';
export { readContainerFile } from './launch/container-file.ts';
export type { ContainerExit, ContainerProcess } from './launch/container-process.ts';
export { processesOfContainer } from './launch/container-processes.ts';
export { tryDeviceAccess } from './launch/device-access.ts';
export { type ExecuteOptions, execute, executeDetached } from './launch/execute.ts';
export { heldCapabilities, readHostFacts } from './launch/host-facts.ts';
export { type LaunchOptions, launch, planLaunch } from './launch/launch.ts';
export {
  launchMonitored,
  type MonitoredLaunchOptions,
  type MonitorOptions,
} from './launch/launch-monitored.ts';
export { type MonitorEnds, takeEnds } from './launch/monitor-ends.ts';
export type { MonitorDescriptorNumbers, MonitoredProcess } from './launch/monitored-process.ts';
export { type NetworkUsage, readNetworkUsage } from './launch/network-usage.ts';
export { killProcess, type ProcessIdentity } from './launch/process-identity.ts';
export { copyLog } from './log/copy-log.ts';
export type { LogOptions } from './log/output-log.ts';
export { type LogPosition, logEnd, type ReadLogOptions, readLog } from './log/read-log.ts';
export type { LogStream } from './log/record-format.ts';
export type { LogRecord } from './log/record-scanner.ts';
export { mendLog } from './log/sound-length.ts';
export { type MonitoredExit, readExit } from './monitor/exit-file.ts';
export {
  addressAt,
  type CIDR,
  contains,
  formatCIDR,
  networkOf,
  offsetOf,
  overlap,
  parseCIDR,
  sizeOf,
} from './network/cidr.ts';
export { forgetUDP } from './network/conntrack/forget-udp.ts';
export { formatAddress, isWithin, maskAddress, parseAddress } from './network/ip-address.ts';
export { NetlinkError } from './network/netlink/netlink-error.ts';
export { type Attachment, type Bridge, NetworkHost, switchForwardingOn } from './network/network-host.ts';
export type { NetworkRules, Redirection } from './network/nftables/elements.ts';
export { Firewall, type Rules } from './network/nftables/firewall.ts';
export { foreignDrops } from './network/nftables/others.ts';
export type { Link } from './network/rtnetlink/links.ts';

export type { HostFacts, PlanInput, Rootfs } from './plan/input.ts';
export { planContainer } from './plan/plan.ts';
export { openRootfs, openRootOf } from './rootfs/open-rootfs.ts';
export { explainProfile, type SeccompExplanation } from './seccomp/explain-profile.ts';
export { type SeccompChoice, seccompFor } from './seccomp/seccomp-for.ts';
export { accountNames } from './spec/accounts.ts';
export {
  type CapabilityName,
  capabilitiesIn,
  capabilityMask,
  capabilityNames,
  capabilityNumber,
  defaultCapabilities,
} from './spec/capabilities.ts';
export {
  defaultMaskedPaths,
  defaultMounts,
  defaultNamespaces,
  defaultReadonlyPaths,
  defaultSysctls,
  type NetworkMode,
} from './spec/defaults.ts';
export { defaultDeviceRules } from './spec/device-rules.ts';
export { signalName, signalNumber } from './spec/signals.ts';
export { type ContainerUser, userFromFiles, withGroups } from './spec/user.ts';
