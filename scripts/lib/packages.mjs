/** Debian packages of this machine; only root may install them. */
import { run } from './command.mjs';
import { Problem } from './problem.mjs';

/**
 * Installs Debian packages.
 * @param {readonly string[]} packages
 * @param {(line: string) => void} say
 */
export async function installPackages(packages, say) {
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  // Another run of apt (of a boot, or of the one that was interrupted) may hold the lock for a while.
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  await run('dpkg', ['--configure', '-a'], { onLine: say, env });
  // A repository that has nothing to do with us may fail: what counts is whether the packages can be installed.
  const outdated = await run('apt-get', [...wait, 'update'], { onLine: say, env }).then(() => '', String);
  try {
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { onLine: say, env });
  } catch (error) {
    throw new Problem(
      [outdated, String(error)].join('\n').trim(),
      'See what apt says above; is the package mirror reachable?',
    );
  }
}
