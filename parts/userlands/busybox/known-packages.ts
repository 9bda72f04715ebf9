/** Packages that work without their maintainer scripts, and what takes the scripts' place. */

import { ownValue } from '../../../src/own-value.ts';
import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import { fromComponent } from '../../../src/stages/origin.ts';
import type { FirstBootEntry } from '../../inits/init-system.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { entriesOf } from '../debian/machine-entries.ts';
import { perMachineTable } from '../debian/per-machine-table.ts';
import type { busyboxTraits } from './params.ts';

type Name = keyof typeof busyboxTraits.closed.packages;

interface KnownPackage {
  /** The package of Debian that has the programs. */
  programs: string;
  /** Scripts of the services that it brings. */
  services: Readonly<Record<string, string>>;
  /** Entries of the table of what each machine makes for itself. */
  perMachine: readonly string[];
}

const known: Readonly<Record<Name, KnownPackage>> = {
  dropbear: {
    programs: 'dropbear-bin',
    services: {
      dropbear: `#!/bin/sh
# The SSH server; it finds its keys in /etc/dropbear.
case $1 in
    start) exec dropbear -P /run/dropbear.pid ;;
    stop) exec start-stop-daemon -K -q -o -p /run/dropbear.pid ;;
esac
`,
    },
    // A key of RSA takes long to make on a small machine, and nobody who connects needs one.
    perMachine: ['dropbear-ecdsa', 'dropbear-ed25519'],
  },
};

/** What is asked of the archive for a name that a definition has, with the version or suite that may stand behind it. */
export function packageOf(text: string): string {
  const [, name = '', rest = ''] = /^([a-z0-9][a-z0-9+.-]*?)(-?(?:[:=/].*)?)$/.exec(text) ?? [];
  const found = ownValue<KnownPackage>(known, name);
  return found ? `${found.programs}${rest}` : text;
}

function installed(packages: readonly { name: string }[]): KnownPackage[] {
  return Object.values(known).filter(({ programs }) => packages.some(({ name }) => name === programs));
}

/** Scripts of the services of what is installed, which start with the system. */
export async function writeServices(root: RootFs, packages: readonly { name: string }[]): Promise<void> {
  for (const { services } of installed(packages))
    for (const [name, script] of Object.entries(services)) {
      await root.write(`/etc/init.d/${name}`, script, 0o755);
      await root.link(`/etc/rc.d/90-${name}`, `../init.d/${name}`);
    }
}

export function firstBootEntries(params: Pick<AssembleParams, 'perMachine' | 'packages'>): FirstBootEntry[] {
  const names = installed(params.packages).flatMap((one) => one.perMachine);
  const from = fromComponent('userland/busybox');
  const own = perMachineTable.filter(({ name }) => names.includes(name)).map((entry) => ({ ...entry, from }));
  return entriesOf(params, own);
}
