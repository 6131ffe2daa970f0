/**
 * --security-opt.
 *
 *   option ::= "no-new-privileges" [("=" | ":") boolean]
 *            | "seccomp"  ("=" | ":") ("unconfined" | "builtin" | path)
 *            | "apparmor" ("=" | ":") ("unconfined" | profile)
 *            | "label"    ("=" | ":") ("disable" | "nested" | ("user" | "role" | "type" | "level" | "filetype") ":" text)
 *            | "systempaths=unconfined" | "writable-cgroups=" boolean
 *            | "mask=" paths | "unmask=" ("ALL" | paths)          paths with ":" between them, as podman has them
 */
import { nearest } from '../../../errors/index.ts';
import { optionError } from '../../options/option-error.ts';

export interface SecurityChoices {
  readonly noNewPrivileges: boolean;
  /** `builtin`: our own profile. Else the path of one. Undefined where nobody chose. */
  readonly seccomp: string | undefined;
  /** Undefined where nobody chose. */
  readonly apparmor: string | undefined;
  /** SELinux: a label other than none was asked for, in these words. */
  readonly label: string | undefined;
  readonly writableCgroups: boolean;
  /** Masked beside those that always are. */
  readonly mask: readonly string[];
  /** Neither masked nor read-only; `ALL` stands for every path. */
  readonly unmask: readonly string[];
}

const none: SecurityChoices = {
  noNewPrivileges: false,
  seccomp: undefined,
  apparmor: undefined,
  label: undefined,
  writableCgroups: false,
  mask: [],
  unmask: [],
};

const forms = [
  'no-new-privileges[=true|false]',
  'seccomp=unconfined|builtin|FILE',
  'apparmor=unconfined|PROFILE',
  'label=disable',
  'systempaths=unconfined',
  'writable-cgroups=true|false',
  'mask=PATH',
  'unmask=PATH|ALL',
];
const names = forms.map((form) => form.replace(/[[=].*/, ''));

/** @throws GockerError `SECURITY_OPT_INVALID` */
export function parseSecurityOpts(texts: readonly string[]): SecurityChoices {
  let choices: SecurityChoices = none;
  for (const text of texts) choices = { ...choices, ...parseSecurityOpt(text, choices) };
  return choices;
}

function parseSecurityOpt(text: string, before: SecurityChoices): Partial<SecurityChoices> {
  const { name, value } = split(text);
  switch (name) {
    case 'no-new-privileges':
      return { noNewPrivileges: parseBoolean(text, value ?? 'true') };
    case 'writable-cgroups':
      return { writableCgroups: parseBoolean(text, value) };
    case 'seccomp':
    case 'apparmor':
      return { [name]: value || fail(text, 'it chooses nothing') };
    case 'label':
      return { label: parseLabel(text, value) };
    case 'systempaths':
      return value === 'unconfined'
        ? { unmask: ['ALL'] }
        : fail(text, 'there is but one value', 'systempaths=unconfined');
    case 'mask':
      return { mask: [...before.mask, ...parsePaths(text, value)] };
    case 'unmask':
      return { unmask: [...before.unmask, ...(value === 'ALL' ? ['ALL'] : parsePaths(text, value))] };
    default:
      return fail(text, 'there is no such option');
  }
}

/** docker takes a colon for the equals sign in its older options, and in no other. */
function split(text: string): { name: string; value: string | undefined } {
  const [, name = text, value] =
    /^((?:no-new-privileges|seccomp|apparmor|label)(?=[=:])|[^=]*)[=:]?(.*)$/s.exec(text) ?? [];
  return { name, value: text.length === name.length ? undefined : value };
}

/** An SELinux host alone can tell what else a label may be. */
function parseLabel(text: string, value: string | undefined): string | undefined {
  if (value === 'disable' || value === 'nested') return undefined;
  if (/^(?:user|role|type|level|filetype):./.test(value ?? '')) return value;
  return fail(text, 'that is no label', 'label=disable, or user:, role:, type:, level: and a text');
}

function parsePaths(text: string, value = ''): string[] {
  const paths = value.split(':');
  const wrong = paths.find((path) => !path.startsWith('/'));
  return wrong === undefined ? paths : fail(text, `${JSON.stringify(wrong)} is no absolute path`);
}

/** Go's strconv.ParseBool, as docker has it. */
function parseBoolean(text: string, value = ''): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(value)) return false;
  return fail(text, `${JSON.stringify(value)} is neither true nor false`);
}

function fail(text: string, is: string, expected = forms.join(', ')): never {
  const near = nearest(split(text).name, names);
  throw optionError({
    code: 'SECURITY_OPT_INVALID',
    flag: '--security-opt',
    value: text,
    is,
    expected,
    hint: near === undefined || text.startsWith(near) ? undefined : `Did you mean ${near}?`,
  });
}
