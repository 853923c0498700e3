type Command = { readonly input: object; readonly constructor: { readonly name: string } };

/** What a client was sent: the command's name and its input. */
export type SentCommand = [name: string, input: Record<string, unknown>];

interface Client {
  // biome-ignore lint/suspicious/noExplicitAny: `send` of an AWS client has an overload for each command.
  send: any;
}

/** A real client whose calls stay here: `answer` gives what AWS would, or throws. */
export function answering<Real extends Client>(
  client: Real,
  answer: (...sent: SentCommand) => unknown,
): { client: Real; sent: SentCommand[] } {
  const sent: SentCommand[] = [];
  client.send = async (command: Command) => {
    const call: SentCommand = [command.constructor.name, { ...command.input }];
    sent.push(call);
    return answer(...call);
  };
  return { client, sent };
}

/** Credentials and a region that no call ever uses. */
export const nowhere = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
} as const;
