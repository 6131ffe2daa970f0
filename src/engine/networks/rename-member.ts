/** A container that runs has another name: its neighbours learn it, and forget the old one. */
import type { EngineContext } from '../context.ts';
import { withMembers } from './members.ts';
import { greet, takeLeave } from './neighbours.ts';

/** Nothing happens where it is on no network. */
export async function renameMember(context: EngineContext, container: string, name: string): Promise<void> {
  await withMembers(context, (members) => {
    const member = members.of(container);
    if (member === undefined) return;
    const others = members.living.filter(({ id }) => id !== container);
    const endpoints = member.endpoints.map((endpoint) => ({
      ...endpoint,
      names: endpoint.names.map((one) => (one === member.name ? name : one)),
    }));
    const renamed = { ...member, name, endpoints };
    takeLeave(context, member, others);
    members.put(renamed);
    greet(context, renamed, others);
  });
}
