import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPython, isNewEnough, parsePythonVersion } from '../../../local/emulator/python.ts';

describe('parsePythonVersion', () => {
  it.each([
    ['Python 3.11.7\n', { text: '3.11.7', major: 3, minor: 11 }],
    ['Python 3.14.0rc2', { text: '3.14.0rc2', major: 3, minor: 14 }],
    ['\nPython 2.7.18\n', { text: '2.7.18', major: 2, minor: 7 }],
  ])('reads %j', (output, version) => {
    expect(parsePythonVersion(output)).toEqual(version);
  });

  it.each(['', 'python: command not found', 'pyenv: python3: no such version'])('reads none in %j', (output) => {
    expect(parsePythonVersion(output)).toBeUndefined();
  });
});

describe('isNewEnough', () => {
  it.each([
    [3, 9, false],
    [3, 10, true],
    [3, 14, true],
    [2, 11, false],
    [4, 0, true],
  ])('%i.%i: %s', (major, minor, enough) => {
    expect(isNewEnough({ major, minor })).toBe(enough);
  });
});

describe('findPython', () => {
  let bin: string;
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'millrace-python-'));
  });
  afterEach(() => rm(bin, { recursive: true }));

  async function install(name: string, output: string): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\necho '${output}'\n`);
    await chmod(join(bin, name), 0o755);
  }

  it('takes python where python3 is too old', async () => {
    await install('python3', 'Python 3.9.18');
    await install('python', 'Python 3.12.1');

    const python = await findPython({ PATH: bin });

    expect(python).toEqual({ program: 'python', version: '3.12.1' });
  });

  it('says what it found and what to do where all are too old', async () => {
    await install('python3', 'Python 3.9.18');

    await expect(findPython({ PATH: bin })).rejects.toThrow(/python3 is 3\.9\.18.*Install it.*AWS_ENDPOINT_URL/);
  });

  it('says what to do where there is none', async () => {
    await expect(findPython({ PATH: bin })).rejects.toThrow(/neither python3 nor python is there.*AWS_ENDPOINT_URL/);
  });
});
