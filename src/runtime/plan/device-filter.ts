/**
 * Which devices the container may use, whatever nodes it makes. Docker's default capabilities have CAP_MKNOD, so that without
 * a filter any container's root could make the node of the host's disk and read it.
 */
import type { DeviceRule, Spec } from '../../oci/index.ts';
import {
  type Argument,
  BPF,
  BPF_ATTACH_TYPE,
  BPF_F,
  BPF_PROG_TYPE,
  buffer,
  flags,
  type KernelCall,
} from '../../syscall/index.ts';
import { defaultDeviceRules } from '../spec/device-rules.ts';
import { deviceProgram } from './device-program.ts';
import { inherited } from './input.ts';

const program = 'device filter';

/** As with docker's --privileged. */
export function mayUseAllDevices({ linux }: Spec): boolean {
  const last = linux.resources?.devices?.at(-1);
  const { type = 'a', major, minor, access = 'rwm' } = last ?? {};
  return last?.allow === true && type === 'a' && major === undefined && minor === undefined && access.length === 3;
}

/** To be played while CAP_BPF and CAP_NET_ADMIN of the host are there. */
export function filterDevices(spec: Spec): KernelCall[] {
  const attach = attachAttributes();
  return [
    loadFilter(spec.linux.resources?.devices ?? defaultDeviceRules),
    {
      call: 'bpf',
      args: [flags(BPF, 'BPF_PROG_ATTACH'), attach.argument, attach.size],
      why: "for all in the container's cgroup: a node of the host's disk, which its root may make, can't be opened",
    },
  ];
}

export function loadFilter(rules: readonly DeviceRule[]): KernelCall {
  const load = programAttributes(deviceProgram(rules));
  return {
    call: 'bpf',
    args: [flags(BPF, 'BPF_PROG_LOAD'), load.argument, load.size],
    result: program,
    why: 'whether a device may be used is asked of this program',
  };
}

/** The beginning of `union bpf_attr` for BPF_PROG_LOAD, up to the program's name. */
function programAttributes(instructions: Uint8Array): { argument: Argument; size: number } {
  const size = 48;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(BPF_PROG_TYPE.BPF_PROG_TYPE_CGROUP_DEVICE, 0);
  bytes.writeUInt32LE(instructions.length / 8, 4);
  const text = `{prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=${instructions.length / 8}}`;
  const argument = buffer(text, bytes, [
    { offset: 8, kind: 'pointer', to: buffer('instructions', instructions) },
    // The verifier wants a licence; this program calls nothing that asks which.
    { offset: 16, kind: 'pointer', to: 'MIT' },
  ]);
  return { argument, size };
}

/** The same for BPF_PROG_ATTACH. */
function attachAttributes(): { argument: Argument; size: number } {
  const size = 16;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(BPF_ATTACH_TYPE.BPF_CGROUP_DEVICE, 8);
  bytes.writeUInt32LE(BPF_F.BPF_F_ALLOW_MULTI, 12);
  const text = `{target_fd=<${inherited.cgroup}>, attach_bpf_fd=<${program}>, attach_type=BPF_CGROUP_DEVICE, attach_flags=BPF_F_ALLOW_MULTI}`;
  const argument = buffer(text, bytes, [
    { offset: 0, kind: 'result', of: inherited.cgroup },
    { offset: 4, kind: 'result', of: program },
  ]);
  return { argument, size };
}
