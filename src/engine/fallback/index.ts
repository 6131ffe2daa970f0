export { type AlpineRequest, type AlpineTarball, findAlpineTarball } from './alpine-tarball.ts';
export { type FallbackRequest, findFallback } from './find-fallback.ts';
export { type HostToolsOptions, hostToolsReference, makeHostToolsImage } from './host-tools.ts';
export type { LocalDocument, LocalImage } from './local-image.ts';
