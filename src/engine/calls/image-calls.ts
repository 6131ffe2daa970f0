/** What can be asked about images. */
import type { EngineContext } from '../context.ts';
import type {
  HistoryLine,
  ImageDetails,
  ImageFilters,
  ImageRemoval,
  ImageSummary,
  PulledImage,
  PullOptions,
  VerifyOptions,
  VerifyReport,
} from '../types.ts';

export interface ImageCalls {
  pull(reference: string, options?: PullOptions): Promise<PulledImage>;
  images(filters?: ImageFilters): Promise<readonly ImageSummary[]>;
  /** @param image name, id or unique prefix of an id */
  removeImage(image: string, options?: { readonly force?: boolean }): Promise<readonly ImageRemoval[]>;
  tag(source: string, target: string): Promise<void>;
  inspectImage(image: string): Promise<ImageDetails>;
  history(image: string): Promise<readonly HistoryLine[]>;
  verify(options?: VerifyOptions): Promise<VerifyReport>;
}

export function imageCalls(context: EngineContext): ImageCalls {
  return {
    pull: async (...args) => (await import('../pull/pull.ts')).pull(context, ...args),
    images: async (...args) => (await import('../images/list.ts')).listImages(context, ...args),
    removeImage: async (...args) => (await import('../images/remove.ts')).removeImage(context, ...args),
    tag: async (...args) => (await import('../images/tag.ts')).tagImage(context, ...args),
    inspectImage: async (...args) => (await import('../images/inspect.ts')).inspectImage(context, ...args),
    history: async (...args) => (await import('../images/history.ts')).imageHistory(context, ...args),
    verify: async (...args) => (await import('../images/verify.ts')).verify(context, ...args),
  };
}
