/** The machine that the figures belong to. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type Docker from 'dockerode';

/** Lines of Markdown. */
export async function describeMachine(docker: Docker): Promise<string[]> {
  const [{ model } = { model: 'unknown processor' }] = cpus();
  const [version, info] = await Promise.all([docker.version(), docker.info()]);
  return [
    `${model}, ${cpus().length} CPUs, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${release()}, Node.js ${process.versions.node}, Docker Engine ${version.Version} (${info.Driver})`,
    `${(await hasKvm()) ? 'guests run on KVM' : 'no KVM: guests are emulated'}`,
  ];
}

/** The day, and the load of the last 1 and 5 minutes. Taken when a run begins, so that its own work is not in the load. */
export function describeMoment(): string {
  const [one, five] = loadavg().map((value) => value.toFixed(2));
  return `${new Date().toISOString().slice(0, 10)}, load ${one}, ${five}`;
}

/** As far as can be told from outside a guest; the boot stage makes sure. */
async function hasKvm(): Promise<boolean> {
  return existsSync('/dev/kvm') && /^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8'));
}
