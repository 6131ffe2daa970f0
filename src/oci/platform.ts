/**
 * Platforms, image-spec v1.1.1 image-index.md#image-index-property-descriptions: `os/architecture[/variant]` in Go's names
 * (GOOS, GOARCH).
 */

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}
