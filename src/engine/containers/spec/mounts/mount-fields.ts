/** The keys of --mount and what their values may be. */
import { parseSize } from '../../../options/size.ts';

export interface MountFields {
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
  readonly readonly?: boolean;
  readonly consistency?: string;
  readonly bindPropagation?: string;
  readonly bindRecursive?: 'enabled' | 'disabled' | 'writable' | 'readonly';
  readonly bindIdmap?: boolean;
  readonly volumeSubpath?: string;
  readonly volumeNocopy?: boolean;
  readonly volumeLabel?: Readonly<Record<string, string>>;
  readonly volumeDriver?: string;
  readonly volumeOpt?: Readonly<Record<string, string>>;
  readonly imageSubpath?: string;
  /** Bytes. */
  readonly tmpfsSize?: number;
  readonly tmpfsMode?: number;
}

/** @throws Error in docker's words */
export function readFields(texts: readonly string[]): MountFields {
  let fields: MountFields = {};
  for (const text of texts) fields = { ...fields, ...readField(text, fields) };
  if (fields.bindRecursive === 'readonly' && fields.readonly === true && fields.bindPropagation !== 'rprivate') {
    throw new Error(
      "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
    );
  }
  return fields;
}

function readField(field: string, before: MountFields): MountFields {
  const equals = field.indexOf('=');
  const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
  if (equals < 0 && !switches.has(key)) throw new Error(`invalid field '${field}' must be a key=value pair`);
  const read = readers[key];
  if (read === undefined) throw new Error(`unexpected key '${key}' in '${field}' (expected ${known.join(', ')})`);
  return read(equals < 0 ? 'true' : field.slice(equals + 1), { key, before });
}

const switches = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive', 'idmap']);

type Reader = (value: string, context: { readonly key: string; readonly before: MountFields }) => MountFields;

const source: Reader = (value) => ({ source: value });
const target: Reader = (value) => ({ target: value });
const readonly: Reader = (value, { key }) => ({ readonly: readBoolean(value, key) });

const readers: Readonly<Record<string, Reader>> = {
  type: (value) => ({ type: value.toLowerCase() }),
  source,
  src: source,
  target,
  destination: target,
  dst: target,
  readonly,
  ro: readonly,
  // A word for Docker Desktop's file sharing: on Linux all is consistent.
  consistency: (value) => ({ consistency: value }),
  'bind-propagation': (value) => ({ bindPropagation: value }),
  'bind-nonrecursive': (value, { key }) => (readBoolean(value, key) ? { bindRecursive: 'disabled' } : {}),
  'bind-recursive': (value, { key }) => {
    if (value === 'enabled' || value === 'disabled' || value === 'writable' || value === 'readonly') {
      return { bindRecursive: value };
    }
    throw new Error(`invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`);
  },
  // podman's word.
  idmap: (value, { key }) => ({ bindIdmap: readBoolean(value, key) }),
  'volume-subpath': (value) => ({ volumeSubpath: value }),
  'volume-nocopy': (value, { key }) => ({ volumeNocopy: readBoolean(value, key) }),
  'volume-label': (value, { before }) => ({ volumeLabel: { ...before.volumeLabel, ...pair(value) } }),
  'volume-driver': (value) => ({ volumeDriver: value }),
  'volume-opt': (value, { before }) => ({ volumeOpt: { ...before.volumeOpt, ...pair(value) } }),
  'image-subpath': (value) => ({ imageSubpath: value }),
  'tmpfs-size': (value, { key }) => ({ tmpfsSize: readBytes(value, key) }),
  'tmpfs-mode': (value, { key }) => {
    if (/^[0-7]{1,5}$/.test(value)) return { tmpfsMode: Number.parseInt(value, 8) };
    throw new Error(`invalid value for ${key}: ${value} (expected octal digits)`);
  },
};

const known = Object.keys(readers).filter((key) => !['src', 'dst', 'destination', 'ro'].includes(key));

function pair(text: string): Record<string, string> {
  const equals = text.indexOf('=');
  return equals < 0 ? { [text]: '' } : { [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Go's strconv.ParseBool. */
function readBoolean(value: string, key: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw new Error(`invalid value for ${key}: ${value} (expected true or false)`);
}

function readBytes(value: string, key: string): number {
  const bytes = parseSize(value);
  if (bytes !== undefined) return bytes;
  throw new Error(`invalid value for ${key}: ${value} (expected bytes, or a number with k, m or g)`);
}
