/** `seccomp explain`: what a profile lets a container do. */
import { release } from 'node:os';
import { capabilityMask, capabilityNames, explainProfile, type SeccompExplanation } from '../runtime/index.ts';
import { readProfile } from './containers/seccomp-file.ts';
import { chooseCapabilities } from './containers/spec/capabilities.ts';
import { optionError } from './options/option-error.ts';
import type { ExplainSeccompOptions } from './options/seccomp-options.ts';

/** docker's words for the machines that there are filters for. */
const machines = { amd64: 'x64', arm64: 'arm64' } as const;

export async function explainSeccomp(options: ExplainSeccompOptions = {}): Promise<SeccompExplanation> {
  const { file, architecture = process.arch === 'x64' ? 'amd64' : process.arch } = options;
  const machine = architecture === 'amd64' || architecture === 'arm64' ? machines[architecture] : undefined;
  if (machine === undefined) {
    throw optionError({
      code: 'ARCHITECTURE_INVALID',
      flag: '--arch',
      value: architecture,
      is: 'there are no filters for it',
      expected: 'amd64 or arm64',
    });
  }
  const capabilities = chooseCapabilities(options, capabilityMask(capabilityNames));
  const text = file === undefined ? undefined : readProfile(file);
  return explainProfile(text, { capabilities, kernel: options.kernel ?? release(), machine });
}
