import type { SignedRequest } from '../../functions/contract/signature-scheme.ts';
import type { Context } from '../command.ts';
import { type Answered, createPoster } from './post.ts';
import { progressOf } from './report.ts';

interface Sending {
  /** Makes the next request, signed now. */
  make(): { readonly request: SignedRequest; readonly url: string };
  readonly times: number;
  readonly concurrency: number;
  readonly ca: string | undefined;
  readonly title: string;
}

/** Posts so many, so many at once; when it is interrupted, those that are under way are waited for. */
export async function sendAll(
  { make, times, concurrency, ca, title }: Sending,
  { terminal }: Pick<Context, 'terminal'>,
): Promise<{ answers: Answered[]; interrupted: boolean }> {
  const poster = createPoster(concurrency, ca);
  const answers: Answered[] = [];
  const begun = performance.now();
  try {
    const interrupted = await terminal.interruptible((stop) =>
      terminal.showStep(title, async (say) => {
        let started = 0;
        const work = async () => {
          while (started < times && !stop.aborted) {
            started += 1;
            const { request, url } = make();
            answers.push(await poster.post(request, url));
            say(progressOf(answers.length, times, performance.now() - begun));
          }
        };
        await Promise.all(Array.from({ length: Math.min(concurrency, times) }, work));
        return answers.length < times;
      }),
    );
    return { answers, interrupted };
  } finally {
    poster.close();
  }
}
