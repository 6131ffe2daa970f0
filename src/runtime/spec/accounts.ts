/** The lines of passwd(5) and group(5), as an image wrote them: nothing about them is trusted. */

export interface Account {
  readonly name: string;
  /** As written: it may be no number. */
  readonly uid: string;
  /** As written: it may be no number. */
  readonly gid: string;
  readonly home: string;
}

export interface Group {
  readonly name: string;
  /** As written: it may be no number. */
  readonly gid: string;
  readonly members: readonly string[];
}

/** Characters of a file that are looked at: an account file of a real image has thousands. */
const mostCharacters = 4 * 1024 * 1024;

/** passwd(5): `name:password:UID:GID:GECOS:directory:shell`. Lines without a gid are skipped, as are comments. */
export function* accountsIn(text: string): Generator<Account> {
  for (const line of linesOf(text)) {
    const [name, , uid, gid, , home] = line.split(':', 7);
    if (name && uid !== undefined && gid !== undefined) yield { name, uid, gid, home: home ?? '' };
  }
}

/** group(5): `group_name:password:GID:user_list`. Lines without a gid are skipped, as are comments. */
export function* groupsIn(text: string): Generator<Group> {
  for (const line of linesOf(text)) {
    const [name, , gid, members = ''] = line.split(':', 4);
    if (!name || gid === undefined) continue;
    yield { name, gid, members: members.split(',').map((member) => member.trim()) };
  }
}

function* linesOf(text: string): Generator<string> {
  for (const line of text.slice(0, mostCharacters).split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield trimmed;
  }
}

/** Names by ids, as written; of several accounts with one id the first. */
export function accountNames(passwd: string, group: string) {
  const users = new Map<string, string>();
  const groups = new Map<string, string>();
  for (const { uid, name } of accountsIn(passwd)) if (!users.has(uid)) users.set(uid, name);
  for (const { gid, name } of groupsIn(group)) if (!groups.has(gid)) groups.set(gid, name);
  return { users, groups };
}
