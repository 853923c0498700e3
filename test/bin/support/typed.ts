import type { Context } from '../../../bin/command.ts';
import type { OpenStage } from '../../../bin/connect-stage.ts';
import { InterruptedError } from '../../../bin/errors.ts';
import type { Integration } from '../../../bin/parts.ts';
import { runMillrace } from '../../../bin/run-millrace.ts';
import type { Certificates } from '../../../functions/contract/certificates.ts';
import { integrations } from '../../../integrations/integrations.ts';

export interface Situation {
  readonly openStage: (name: string) => Promise<OpenStage>;
  readonly integrations?: readonly Integration[];
  readonly certificates?: Certificates;
  /** What a person answers; without one, nobody sits at the terminal. */
  readonly answer?: boolean | 'Ctrl-C';
  readonly columns?: number;
  /** Gets what is shown while work runs; may press Ctrl-C. */
  readonly onProgress?: (detail: string, interrupt: () => void) => void;
  /** Gets how often something was drawn on a live screen, or printed; may press Ctrl-C. */
  readonly onShown?: (times: number, interrupt: () => void) => void;
  readonly now?: () => number;
}

export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
  /** How long it waited, each time, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** Types `millrace` and these words; resolves to the exit code and everything that was shown. */
export async function millrace(situation: Situation, ...words: readonly string[]): Promise<Typed> {
  const { answer, columns, onProgress, onShown, now = Date.now } = situation;
  const [out, err, questions]: string[][] = [[], [], []];
  const sleeps: number[] = [];
  const stop = new AbortController();
  const show = (text: string) => {
    out!.push(text);
    onShown?.(out!.length, () => stop.abort());
  };
  const context: Context = {
    integrations: situation.integrations ?? integrations,
    openStage: situation.openStage,
    certificates: situation.certificates ?? { download: async () => undefined, authorities: () => [] },
    now,
    async sleep(ms) {
      sleeps.push(ms);
    },
    terminal: {
      interactive: answer !== undefined,
      columns,
      print: show,
      complain: (text) => void err!.push(text),
      async confirm(question) {
        questions!.push(question);
        if (answer === 'Ctrl-C') throw new InterruptedError('Interrupted; nothing was done.');
        return answer === true;
      },
      showStep: (_title, work) => work((detail) => onProgress?.(detail, () => stop.abort())),
      live: (work) => work(show),
      interruptible: (work) => work(stop.signal),
    },
  };
  const code = await runMillrace(words, context);
  return { code, out: out!.join('\n'), err: err!.join('\n'), questions: questions!, sleeps };
}
