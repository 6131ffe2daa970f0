export type { AuthOptions } from './auth.ts';
export type { Fault, Target } from './fault.ts';
export { type RecordedRequest, type RegistryOptions, startRegistry, type TestRegistry } from './registry.ts';
