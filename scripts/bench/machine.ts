/** The machine that the figures belong to. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type Docker from 'dockerode';

/** Lines of Markdown, taken when the bench begins: its own work is not in the load. */
export async function describeMachine(docker: Docker): Promise<string[]> {
  const [{ model } = { model: 'unknown processor' }] = cpus();
  const [version, info] = await Promise.all([docker.version(), docker.info()]);
  const load = loadavg().map((value) => value.toFixed(2));
  return [
    `${model}, ${cpus().length} CPUs, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${release()}, Node.js ${process.versions.node}, Docker Engine ${version.Version} (${info.Driver})`,
    `${(await hasKvm()) ? 'guests run on KVM' : 'no KVM: guests are emulated'}`,
    `load before the run: ${load.join(', ')} (1, 5, 15 minutes)`,
  ];
}

/** As far as can be told from outside a guest; the boot stage makes sure. */
async function hasKvm(): Promise<boolean> {
  return existsSync('/dev/kvm') && /^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8'));
}
