import { createHash, randomUUID } from 'node:crypto';
import type { SignedRequest } from '../../functions/contract/signature-scheme.ts';
import { UnknownNameError, UsageError } from '../errors.ts';
import { headersOf, readGiven } from '../given-files.ts';
import { nearestTo, orOf } from '../nearest.ts';
import { fullName, type Source } from '../parts.ts';
import { fillSample, namesRecord, readSample, sampleNames } from './samples.ts';

interface ContentOptions {
  /** Lines like `Name: value`. */
  readonly header?: readonly string[] | undefined;
  /** What a sample is about. */
  readonly record?: string | undefined;
}

export interface Content {
  make(nowMs: number): Pick<SignedRequest, 'headers' | 'body'>;
  /** The record that a sample is about, where nobody named one: it may be no real one. */
  readonly madeUpRecord: string | undefined;
}

/** A sample by its name, else a file. What a repeat is known by, where that is a header, is there in any case. */
export function contentOf(source: Source, name: string, { header = [], record }: ContentOptions): Content {
  const given = headersOf(header);
  const { repeats } = source.scheme;
  const idHeader = repeats.by === 'header' ? repeats.headers[0] : undefined;
  const names = sampleNames(source);
  if (names.includes(name)) {
    const sample = readSample(source, name);
    const about = record ?? sample.record;
    if (about === undefined && namesRecord(sample)) {
      const remedy = 'Name one by --record, or give the sample a "record" for when nobody does.';
      throw new UsageError(`The sample '${name}' is about a record ({{record}}), and none is named. ${remedy}`);
    }
    const make: Content['make'] = (nowMs) => {
      const { headers, body } = fillSample(sample, nowMs, about);
      const id = idHeader === undefined ? {} : { [idHeader]: randomUUID() };
      return { headers: { ...id, ...headers, ...given }, body };
    };
    return { make, madeUpRecord: record === undefined ? sample.record : undefined };
  }
  if (record !== undefined) throw new UsageError('--record is for samples: a file is sent as it is.');
  const body = fileOrUnknown(name, names, source);
  const id = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const headers = { ...(idHeader !== undefined && { [idHeader]: id }), ...given };
  return { make: () => ({ headers, body }), madeUpRecord: undefined };
}

function fileOrUnknown(name: string, names: readonly string[], source: Source): Buffer {
  try {
    return readGiven(name);
  } catch (error) {
    if (!(error instanceof UsageError) || /[/\\]/.test(name) || names.length === 0) throw error;
    const meant = orOf(nearestTo(name, names));
    throw new UnknownNameError(
      `${fullName(source)} has no sample '${name}', and there is no such file. Did you mean ${meant}?`,
    );
  }
}
