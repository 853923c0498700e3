import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** The machine that figures were measured on: without it they mean nothing. */
export function describeMachine(root: string, env: Readonly<Record<string, string>>): string {
  const [cpu] = cpus();
  const gigabytes = (totalmem() / 1024 ** 3).toFixed(1);
  const load = loadavg()[0]?.toFixed(1);
  return [
    `CPU       ${cpu?.model.trim() || 'unknown'}, ${availableParallelism()} cores`,
    `Memory    ${gigabytes} GB`,
    `System    ${type()} ${release()} ${arch()}; load average before the run: ${load}`,
    `Node      ${process.version}`,
    `Emulator  ${env.AWS_ENDPOINT_URL ?? `${emulatorVersion(root)}, started by this run: TLS, IAM enforced`}`,
  ].join('\n');
}

/** `ministack 1.5.33`, as it is pinned. */
function emulatorVersion(root: string): string {
  const pinned = readFileSync(join(root, 'local', 'emulator', 'requirements.txt'), 'utf8');
  const [, name, version] = /^(ministack)==(\S+)$/m.exec(pinned) ?? [];
  if (version === undefined)
    throw new Error('local/emulator/requirements.txt pins no ministack: say here what the emulator is.');
  return `${name} ${version}`;
}
