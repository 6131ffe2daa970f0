export { GockerError, type GockerErrorOptions } from './gocker-error.ts';
