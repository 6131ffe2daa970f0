/** What a container may use of the machine: its cgroup. */

/** Relative to where cgroups are mounted. */
export function cgroupOf(id: string): string {
  return `gocker/${id}`;
}
