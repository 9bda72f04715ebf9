/** What the tests use beyond what LDF needs: tools that look at images, Docker Compose, and a browser. */
import { which } from './command.mjs';
import { installPackages } from './packages.mjs';
import { Problem } from './problem.mjs';
import { step } from './step.mjs';

/** Program → Debian package that brings it. */
const tools = {
  sfdisk: 'fdisk',
  debugfs: 'e2fsprogs',
  curl: 'curl',
  'docker-compose': 'docker-compose',
  'chromium-headless-shell': 'chromium-headless-shell',
  git: 'git',
  gpg: 'gpg',
  gpgv: 'gpgv',
  minisign: 'minisign',
  patch: 'patch',
  zstd: 'zstd',
};

/** Installs what is missing; quickly does nothing when all is there. */
export async function ensureTestTools() {
  const missing = Object.entries(tools).filter(([program]) => which(program) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || which('apt-get') === undefined)
    throw new Problem(
      `The tests need ${missing.map(([program]) => program).join(', ')}.`,
      `Install ${packages.join(', ')}, for example with \`sudo apt-get install ${packages.join(' ')}\`.`,
    );
  await step(`Installing ${packages.join(', ')}`, (say) => installPackages(packages, say));
}
