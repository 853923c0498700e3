import type { Random } from './random.ts';

/** Secrets Manager answers from several places, each of which has a new value when it gets there. */
const places = 3;

/** A reader is mostly sent to the place that answered it before. */
const staysAt = 0.7;

export interface SecretParts {
  readonly now: () => number;
  readonly random: Random;
  /** A new value is shown everywhere within this time, in milliseconds. */
  readonly shownWithinMs: number;
}

/** A secret's text: what is written is shown late to some, and one that was shown may be gone again at the next look. */
export class Secret {
  readonly #versions: { readonly text: string; readonly shownMs: readonly number[] }[];
  readonly #parts: SecretParts;

  constructor(text: string, parts: SecretParts) {
    this.#parts = parts;
    this.#versions = [{ text, shownMs: Array(places).fill(0) }];
  }

  write(text: string): void {
    const { now, random, shownWithinMs } = this.#parts;
    const shownMs = Array.from({ length: places }, () =>
      random.chance(0.4) ? now() : now() + random.between(0, shownWithinMs),
    );
    this.#versions.push({ text, shownMs });
  }

  /** One reader's way to it. */
  reader(): () => string {
    const { now, random } = this.#parts;
    let place = random.int(0, places - 1);
    return () => {
      if (!random.chance(staysAt)) place = random.int(0, places - 1);
      return this.#versions.findLast(({ shownMs }) => shownMs[place]! <= now())!.text;
    };
  }
}
