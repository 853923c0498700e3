import { asksForHelp, type Command, runCommand } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { nearestTo, orOf } from '../nearest.ts';
import { discardCommand } from './parked/discard.ts';
import { eraseCommand } from './parked/erase.ts';
import { listCommand } from './parked/list.ts';
import { releaseCommand } from './parked/release.ts';
import { showCommand } from './parked/show.ts';

const members = [listCommand, showCommand, releaseCommand, discardCommand, eraseCommand];

const names = members.map(({ name }) => name.replace('parked ', ''));

/** `millrace parked list|show|release|discard|erase` */
export const parkedCommand: Command = {
  name: 'parked',
  summary: 'look at parked events, and settle them',
  members,
  usage: () =>
    [
      `Usage: millrace parked ${names.join('|')}`,
      '',
      ...members.map(({ name, summary }) => `  ${name.padEnd(14)}  ${summary}`),
    ].join('\n'),
  async run([name, ...args], context) {
    const member = members.find((each) => each.name === `parked ${name}`);
    if (member !== undefined) return runCommand(member, args, context);
    if (name !== undefined && asksForHelp([name])) {
      context.terminal.print(this.usage(context));
      return exitCodes.done;
    }
    if (name === undefined) {
      context.terminal.complain(this.usage(context));
      return exitCodes.usage;
    }
    throw new UsageError(`There is no '${name}' here. Did you mean ${orOf(nearestTo(name, names))}?`);
  },
};
