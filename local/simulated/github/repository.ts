import { GithubApiError } from './errors.ts';

/** A change of a reference, as a push event tells it; forty zeros stand for no commit. */
export interface Push {
  repository: Repository;
  /** `refs/heads/main` */
  ref: string;
  before: string;
  after: string;
  forced: boolean;
  pushedAtSeconds: number;
}

export const NO_COMMIT = '0'.repeat(40);

/** A repository's references, without its commits: any forty hex digits are one. */
export class Repository {
  readonly id: number;
  /** `octo/mill` */
  readonly fullName: string;
  readonly #refs = new Map<string, string>();

  constructor(id: number, fullName: string) {
    this.id = id;
    this.fullName = fullName;
  }

  /** The commit of a reference; undefined where there is none. */
  get(ref: string): string | undefined {
    return this.#refs.get(ref);
  }

  /** Sets a reference, or removes it, and answers what a push event tells of that. */
  change(ref: string, after: string, forced: boolean, pushedAtSeconds: number): Push {
    const before = this.#refs.get(ref) ?? NO_COMMIT;
    if (after === NO_COMMIT) this.#refs.delete(ref);
    else this.#refs.set(ref, after);
    return { repository: this, ref, before, after, forced, pushedAtSeconds };
  }
}

/** Every repository that anybody asked for: there is no need to make one first. */
export class Repositories {
  readonly #all = new Map<string, Repository>();

  named(owner: string, name: string): Repository {
    if (!/^[\w.-]+$/.test(owner) || !/^[\w.-]+$/.test(name)) throw new GithubApiError(404, 'Not Found');
    const fullName = `${owner}/${name}`;
    const known = this.#all.get(fullName);
    if (known) return known;
    const made = new Repository(186_853_001 + this.#all.size, fullName);
    this.#all.set(fullName, made);
    return made;
  }
}
