/** What pushes to one branch (or tag) are delivered in order by: `octo/mill#refs/heads/main`. */
export function branchKey(repository: string, ref: string | undefined): string {
  return ref === undefined ? repository : `${repository}#${ref}`;
}
