import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';
import type { Refusal, SystemName } from '../../simulation/systems/system.ts';
import type { Played } from '../play/play.ts';
import type { Act, SystemCase } from './case.ts';
import { Ids, told } from './told.ts';

/** A system that takes the calls of our connectors: the simulation's model, or the simulated one of `npm start`. */
export interface SystemPort {
  readonly url: string;
  /** What it takes for authentic. */
  readonly authorization: string;
  /** `ofRecord`: of the records that the call carries only the one that holds this text is refused. */
  send(request: HttpRequest, refused: Refusal | undefined, ofRecord: string | undefined): Promise<HttpResponse>;
  /** Answers the record's id. */
  make(fields: Readonly<Record<string, string>>): Promise<string>;
  remove(id: string): Promise<void>;
  wait(hours: number): void;
}

/** Plays a case up to the first step that comes otherwise than the script says. */
export async function playSystem({ system, steps }: SystemCase, port: SystemPort): Promise<Played> {
  const ids = new Ids();
  let keys = 0;
  for (const [index, { act, gives: documented }] of steps.entries()) {
    keys += 1;
    const gives = await play(system, act, port, ids, `new-${keys}`);
    if (gives !== documented) return { step: index + 1, call: nameOf(act), gives, why: undefined };
  }
  return 'as documented';
}

/** `PATCH /sobjects/Account/{1}` */
function nameOf(act: Act): string {
  if (act.do !== 'call') return act.do;
  return `${act.method} ${act.path.replace(/^\/services\/data\/v[\d.]+|\?.*$/g, '')}`;
}

async function play(system: SystemName, act: Act, port: SystemPort, ids: Ids, newKey: string): Promise<string> {
  if (act.do === 'call') {
    const response = await port.send(requestOf(system, act, port, ids, newKey), act.refused, act.refusedRecord);
    return told(system, response, ids);
  }
  if (act.do === 'wait') port.wait(act.hours);
  else if (act.do === 'make') ids.nameOf(await port.make(act.fields));
  else await port.remove(ids.in(act.record));
  return '';
}

/** As our connector sends it. */
function requestOf(
  system: SystemName,
  { method, path, fields, body = fields, key, signedOut }: Extract<Act, { do: 'call' }>,
  { url, authorization }: SystemPort,
  ids: Ids,
  newKey: string,
): HttpRequest {
  const isForm = system === 'stripe';
  const contentType = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const form = () => new URLSearchParams(fields as Record<string, string>).toString();
  return {
    method,
    url: url + ids.in(path),
    headers: {
      authorization: signedOut ? 'Bearer nobody' : authorization,
      'content-type': contentType,
      ...(isForm && method === 'POST' ? { 'idempotency-key': key ?? newKey } : {}),
    },
    ...(body === undefined ? {} : { body: isForm ? form() : ids.in(JSON.stringify(body)) }),
    timeoutMs: 5_000,
  };
}
