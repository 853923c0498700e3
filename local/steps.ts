import { Listr, PRESET_TIMER } from 'listr2';

/**
 * Shows a step while its work runs: `say` replaces the detail beside it. Resolves to what the work does, or throws what
 * it throws.
 */
export type ShowStep = <Result>(
  title: string,
  work: (say: (detail: string) => void) => Promise<Result>,
) => Promise<Result>;

/** A moving line on a terminal; plain lines, without the details, anywhere else. */
export function terminalSteps(isTerminal: boolean): ShowStep {
  return async (title, work) => {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof work>>>();
    const list = new Listr(
      [
        {
          title,
          task: async (_context, task) => {
            const say = (detail: string) => {
              if (isTerminal) task.output = detail;
            };
            try {
              resolve(await work(say));
            } catch (error) {
              reject(error);
              // The whole error is for whoever asked for the step.
              throw new Error('see below');
            }
          },
        },
      ],
      {
        renderer: 'default',
        fallbackRenderer: 'simple',
        fallbackRendererCondition: () => !isTerminal,
        // Stopping is not its business: the signals are the command's.
        registerSignalListeners: false,
        rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false },
        fallbackRendererOptions: { timer: PRESET_TIMER },
      },
    );
    const [, outcome] = await Promise.allSettled([list.run(), promise]);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  };
}
