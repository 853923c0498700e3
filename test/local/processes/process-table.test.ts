import { expect, it } from 'vitest';
import { familyOf, listProcesses, parsePs, parseStat } from '../../../local/processes/process-table.ts';

const rest = 'S 12 40 40 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 134578 3932160 509';

it('reads a line of /proc, whatever the process calls itself', () => {
  expect(parseStat(`77 (node) ${rest}`)).toEqual({ pid: 77, parent: 12, started: '134578' });
  expect(parseStat(`77 (a) Z (b) ${rest}`)).toEqual({ pid: 77, parent: 12, started: '134578' });
});

it('leaves out zombies and processes that are gone', () => {
  expect(parseStat(`77 (node) ${rest.replace('S', 'Z')}`)).toBeUndefined();
  expect(parseStat('')).toBeUndefined();
});

it('reads the output of ps', () => {
  const output = [
    '    1     0 Ss   Thu Nov 19 08:00:01 2026    ',
    ' 5012     1 S+   Fri Nov 20 09:31:07 2026',
    ' 5013  5012 Z    Fri Nov 20 09:31:08 2026',
  ].join('\n');

  expect(parsePs(`${output}\n`)).toEqual([
    { pid: 1, parent: 0, started: 'Thu Nov 19 08:00:01 2026' },
    { pid: 5012, parent: 1, started: 'Fri Nov 20 09:31:07 2026' },
  ]);
});

it('finds everything below a process', () => {
  const table = [
    [1, 0],
    [30, 20],
    [20, 10],
    [10, 1],
    [21, 10],
    [99, 1],
  ].map(([pid, parent]) => ({ pid: pid!, parent: parent!, started: '' }));

  expect(familyOf(10, table).map(({ pid }) => pid)).toEqual([10, 20, 21, 30]);
  expect(familyOf(7, table)).toEqual([]);
});

it('lists this process below its parent', async () => {
  const self = (await listProcesses()).find(({ pid }) => pid === process.pid);

  expect(self?.parent).toBe(process.ppid);
});
