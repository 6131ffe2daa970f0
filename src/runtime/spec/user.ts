/**
 * Who a container runs as: docker's `--user` and an image's `User`, after the image's own passwd(5) and group(5).
 *
 *     user  = [ name | uid ] [ ":" [ name | gid ] ]
 *     uid   = decimal, 0 … 2147483647
 *
 * A number is always an id, never the name of an account that happens to be written in digits: else an image could give
 * uid 0 to whoever asks for 1000 (CVE-2016-3697). Both files are the image's, so an id in them that isn't a plain number
 * in range is refused rather than wrapped to some other id (CVE-2024-40635).
 */
import { GockerError } from '../../errors/index.ts';
import { type Account, accountsIn, type Group, groupsIn } from './accounts.ts';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups: those that list the account, unless a group was asked for. */
  readonly additionalGids: readonly number[];
  /** The account's home, `/` where it has none. */
  readonly home: string;
}

/** setgroups(2): NGROUPS_MAX. */
const mostGroups = 65_536;
const largestID = 2_147_483_647;

/**
 * @param user empty means uid 0, as docker takes it
 * @param passwd text of the image's /etc/passwd, empty where it has none
 * @param group text of the image's /etc/group, empty where it has none
 * @throws GockerError `USER_INVALID`, `USER_NOT_FOUND`, `GROUP_NOT_FOUND`
 */
export function userFromFiles(user: string, passwd: string, group: string): ContainerUser {
  const { name, groupName } = splitUser(user);
  const account = findAccount(name, passwd, user);
  if (groupName !== undefined) {
    return { uid: account.uid, gid: findGroup(groupName, group, user), additionalGids: [], home: account.home };
  }
  const additionalGids = account.name === undefined ? [] : groupsOf(account.name, group, user);
  return { uid: account.uid, gid: account.gid, additionalGids, home: account.home };
}

/**
 * `--group-add`: groups beside those that the account has.
 *
 * @param group text of the image's /etc/group, empty where it has none
 * @throws GockerError `GROUP_INVALID`, `GROUP_NOT_FOUND`
 */
export function withGroups(user: ContainerUser, names: readonly string[], group: string): ContainerUser {
  const gids = new Set([...user.additionalGids, ...names.map((name) => addedGroup(name, group))]);
  if (gids.size > mostGroups) throw groupError('INVALID', `${names.length}`, `they are more than ${mostGroups}`);
  return { ...user, additionalGids: [...gids] };
}

function addedGroup(name: string, text: string): number {
  const gid = decimal(name);
  if (gid !== undefined) return gid;
  const found = [...groupsIn(text)].find((group) => group.name === name);
  const number = decimal(found?.gid ?? '');
  if (number !== undefined) return number;
  if (found !== undefined) throw groupError('INVALID', name, `the image's /etc/group gives it gid "${found.gid}"`);
  if (/^[+-]?\d+$/.test(name)) throw groupError('INVALID', name, `it is no gid in range 0 to ${largestID}`);
  throw groupError('NOT_FOUND', name, "the image's /etc/group has no such group");
}

function groupError(code: 'INVALID' | 'NOT_FOUND', name: string, is: string): GockerError {
  const message = `invalid argument ${JSON.stringify(name)} for "--group-add": ${is} (expected a group of the image, or a gid)`;
  return new GockerError(`GROUP_${code}`, message);
}

function splitUser(user: string): { name: string; groupName: string | undefined } {
  const [name = '', groupName, ...rest] = user.split(':');
  if (rest.length > 0 || /[\0\n]/.test(user)) {
    throw invalid(user, 'it is not of the form', 'name or uid, then ":" and a group or gid where wanted');
  }
  return { name, groupName: groupName === '' ? undefined : groupName };
}

interface Found {
  readonly name?: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

function findAccount(name: string, passwd: string, user: string): Found {
  const uid = name === '' ? 0 : idIn(name, user);
  for (const account of accountsIn(passwd)) {
    if (uid === undefined ? account.name === name : decimal(account.uid) === uid) return foundAccount(account, user);
  }
  if (uid !== undefined) return { uid, gid: 0, home: '/' };
  throw new GockerError('USER_NOT_FOUND', `cannot run as user "${user}": the image's /etc/passwd has no "${name}"`, {
    hint: 'Give a number instead (--user 1000:1000), or add the account in the image.',
  });
}

function foundAccount(account: Account, user: string): Found {
  const uid = decimal(account.uid);
  const gid = decimal(account.gid);
  if (uid === undefined || gid === undefined) {
    throw invalid(
      user,
      `the image's /etc/passwd gives it uid "${account.uid}" and gid "${account.gid}"`,
      `0 to ${largestID}`,
    );
  }
  return { name: account.name, uid, gid, home: account.home.startsWith('/') ? account.home : '/' };
}

function findGroup(name: string, text: string, user: string): number {
  const gid = idIn(name, user);
  if (gid !== undefined) return gid;
  for (const group of groupsIn(text)) if (group.name === name) return foundGroup(group, user);
  throw new GockerError('GROUP_NOT_FOUND', `cannot run as user "${user}": the image's /etc/group has no "${name}"`, {
    hint: 'Give a number instead (--user 1000:1000), or add the group in the image.',
  });
}

function groupsOf(account: string, text: string, user: string): number[] {
  const gids = new Set<number>();
  for (const group of groupsIn(text)) if (group.members.includes(account)) gids.add(foundGroup(group, user));
  if (gids.size > mostGroups) throw invalid(user, `it is in ${gids.size} groups`, `${mostGroups} at most`);
  return [...gids];
}

function foundGroup(group: Group, user: string): number {
  const gid = decimal(group.gid);
  if (gid !== undefined) return gid;
  throw invalid(user, `the image's /etc/group gives "${group.name}" gid "${group.gid}"`, `0 to ${largestID}`);
}

/** The id that a word is, undefined where it is a name. A word of digits that is no id must not pass for a name. */
function idIn(word: string, user: string): number | undefined {
  if (!/^[+-]?\d/.test(word)) return undefined;
  const id = decimal(word);
  if (id !== undefined) return id;
  // An account may be called `7zip`; `-1`, `0x0` and 4294967295 are numbers gone wrong.
  if (/^\d+[a-z_]/i.test(word) && !/^0x[\da-f]*$/i.test(word)) return undefined;
  throw invalid(user, `"${word}" is no id`, `0 to ${largestID}, in decimal`);
}

function decimal(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= largestID ? number : undefined;
}

function invalid(user: string, is: string, expected: string): GockerError {
  return new GockerError('USER_INVALID', `cannot run as user ${JSON.stringify(user)}: ${is} (expected ${expected})`);
}
