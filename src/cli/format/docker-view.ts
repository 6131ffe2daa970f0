/**
 * An object as docker's users and their templates expect it: keys that docker always has are there, as Go's nil slices and
 * maps, `null` in JSON and `[]` or `map[]` in print.
 */
import { GoNil, isMap } from '../template/go-value.ts';

const nilList = new GoNil('list');
const nilMap = new GoNil('map');

/** docker's order of keys. */
const configDefaults = {
  User: '',
  Env: nilList,
  Cmd: nilList,
  Volumes: nilMap,
  WorkingDir: '',
  Entrypoint: nilList,
  OnBuild: nilList,
  Labels: nilMap,
};

export function dockerView(object: object): object {
  const config = 'Config' in object ? object.Config : undefined;
  if (!isMap(config)) return object;
  const given = Object.entries(config).filter(([, value]) => value !== null && value !== undefined);
  return { ...object, Config: { ...configDefaults, ...Object.fromEntries(given) } };
}
