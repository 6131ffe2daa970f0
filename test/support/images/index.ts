export { type BuiltImage, buildImage, buildIndex, hostPlatform, type ImageOptions } from './image.ts';
export { type BuiltLayer, buildLayer, type Compression } from './layer.ts';
export { writeLayout } from './oci-layout.ts';
export { buildTar, type TarEntry } from './tar.ts';
