import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pauseCommand } from '../../bin/commands/pause.ts';
import { resumeCommand } from '../../bin/commands/resume.ts';
import { type SwitchCommand, switchPart, switchTable } from '../../bin/switch-part.ts';
import { freePort } from '../../local/emulator/free-port.ts';

/** Runs a command beside no pipeline; answers its exit code and what it wrote. */
async function run(command: SwitchCommand, args: readonly string[], localFile?: object) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-switch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (localFile)
    writeFileSync(join(folder, 'local.json'), JSON.stringify({ ...localFile, caFile: join(folder, 'ca') }));
  writeFileSync(join(folder, 'ca'), '');
  const [out, err] = (['log', 'error'] as const).map((method) => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, method).mockImplementation((text: unknown) => void lines.push(String(text)));
    onTestFinished(() => spy.mockRestore());
    return lines;
  });
  const code = await switchPart(command, args, folder);
  return { code, out: out!.join('\n'), err: err!.join('\n') };
}

describe.each([pauseCommand, resumeCommand])('millrace $verb', (command) => {
  it('says with --help what it does, to what, and that deployed stages are out of its reach', async () => {
    const { code, out } = await run(command, ['--help']);

    expect(code).toBe(0);
    expect(out).toContain(`Usage: millrace ${command.verb} FLOW|SYSTEM`);
    expect(out).toContain('stripe-customer-to-account');
    expect(out).toContain('it can not act on a deployed stage yet');
  });

  it.each([[[]], [['stripe', 'salesforce']], [['--all']]])('refuses %j with its usage', async (args) => {
    const { code, err } = await run(command, args);

    expect([code, err]).toEqual([2, expect.stringContaining('Usage:')]);
  });

  it('names what may have been meant by a wrong name', async () => {
    const { code, err } = await run(command, ['strip']);

    expect(code).toBe(2);
    expect(err).toContain(`millrace ${command.verb}: 'strip' names no single flow or system. Did you mean 'stripe', `);
  });

  it('says so where no pipeline runs', async () => {
    const { code, err } = await run(command, ['stripe']);

    expect([code, err]).toEqual([1, expect.stringMatching(/No local pipeline is running .*local\.json.* npm start/)]);
  });

  it('says so where the pipeline was ended by force', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;

    const { code, err } = await run(command, ['stripe'], { endpoint });

    expect([code, err]).toEqual([1, expect.stringContaining(`does not answer at ${endpoint}`)]);
  });
});

it('the table shows everything that is held, and what has changed', () => {
  const parts = [
    { integration: 'shop-ledger', kind: 'flow', name: 'orders' },
    { integration: 'shop-ledger', kind: 'system', name: 'ledger' },
  ] as const;

  const lines = switchTable(parts, ['runs', 'runs'], ['paused', 'runs']).split('\n');

  expect(lines.filter((line) => line.includes('->'))).toEqual([expect.stringMatching(/orders.*flow.*runs.*paused/)]);
});
