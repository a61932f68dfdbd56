/** Who asks. Each surface makes one from its own kind of token; a service key makes one for the jobs surface. */
export interface Actor {
  /** The user, or the key. */
  id: string;
  /** `<surface>/<id>`: what the rows they own carry. */
  owner: string;
  surface: string;
  /** `marketplace:user`, `marketplace:admin`, `service`, `operator`, … */
  roles: readonly string[];
  tenant: string | null;
  /** For service keys: the kinds it may touch; `*` is every public one. */
  kinds?: readonly string[];
  /** The session behind a token, where the surface has sessions. */
  sessionId?: string;
}

export function isOperator(actor: Actor): boolean {
  return actor.roles.includes('operator');
}
