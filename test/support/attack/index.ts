export type { AttackCall } from './numbers.ts';
export { type Attempt, attackProgram, readAttempts } from './program.ts';
