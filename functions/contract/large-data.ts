/**
 * A message larger than this is sent without its data, which goes to the bucket, in bytes. SQS takes 1 MiB, but what is
 * parked must fit into an item of DynamoDB (400 KB), and a batch of ten into one invocation (6 MB).
 */
export const largestMessageBytes = 200 * 1024;

/**
 * The longest id or entity key of an event, in bytes: both become keys of DynamoDB's, which takes 1,024 bytes of a sort
 * key and 2,048 of a partition key.
 */
export const longestIdBytes = 1_000;

export function isLongId(id: string): boolean {
  return id.length > longestIdBytes || new TextEncoder().encode(id).length > longestIdBytes;
}

/** Where in the bucket an event's data waits, and by what it is known. */
export interface Claim {
  /** Of integration, flow and hashes alone: a key is seen in logs and access records. */
  readonly key: string;
  /** Of the data as JSON text. */
  readonly bytes: number;
  /** Of the same, in hexadecimal. */
  readonly sha256: string;
}

/** `gone`: erased, or kept too long. `altered`: what is there is not what was put there. */
export type ClaimedData = { readonly kind: 'read'; readonly text: string } | { readonly kind: 'gone' | 'altered' };

/** The data of large events of one integration. Throws where the bucket could not be had: do it again. */
export interface LargeData {
  /** Resolves when it is stored; the same data again has no further effect. */
  put(claim: Claim, text: string): Promise<void>;
  /** Takes at most `timeoutMs`. */
  read(claim: Claim, timeoutMs: number): Promise<ClaimedData>;
  /** Copies it to where it is kept for parked events; answers the copy, or undefined where it is gone. */
  keep(claim: Claim): Promise<Claim | undefined>;
  /** Deletes all that there is of an event. */
  remove(flow: string, eventId: string): Promise<void>;
}

/** `events`: on their way. `parked`: in the parked table. */
export type DataKind = 'events' | 'parked';

/** How the keys of such data begin: `events/<integration>/<flow>/`. */
export function dataPrefix(kind: DataKind, integration: string, flow?: string): string {
  return `${kind}/${integration}/${flow === undefined ? '' : `${flow}/`}`;
}

/** How long it is kept, in days. An event leaves its queue after 12 days at the latest, and its dead letters after 14 more. */
export const dataKeptDays = { events: 30, parked: 400 } as const;
