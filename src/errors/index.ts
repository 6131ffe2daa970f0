export { GockerError, type GockerErrorOptions } from './gocker-error.ts';
export { nearest } from './nearest.ts';
