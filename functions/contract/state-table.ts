/** One item of the state table. */
export interface StateItem {
  readonly key: string;
  /** JSON. */
  readonly value: unknown;
  /** Counts the conditional writes. */
  readonly generation: number;
}

/** What a conditional write expects to find: the generation it has seen, or nothing. */
export type Expected = number | 'absent';

/** The state table as the rules see it: strongly consistent reads, and writes that succeed only over what was seen. */
export interface StateTable {
  get(key: string): Promise<StateItem | undefined>;
  /** Those that there are. */
  getMany(keys: readonly string[]): Promise<readonly StateItem[]>;
  /** Replaces an item, whatever was there; `keptSeconds`: DynamoDB forgets it after that. */
  put(key: string, value: unknown, keptSeconds?: number): Promise<void>;
  /** Replaces many items in one call, whatever was there. */
  putMany(items: ReadonlyMap<string, unknown>, keptSeconds: number): Promise<void>;
  /** Replaces an item if it is as expected, and answers whether it was; without `keptSeconds` it is kept for ever. */
  replace(key: string, expected: Expected, value: unknown, keptSeconds?: number): Promise<boolean>;
  /** Removes an item if it is of that generation. */
  remove(key: string, generation: number): Promise<void>;
}
