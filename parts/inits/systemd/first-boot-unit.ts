/** The unit that makes an entry's files at first boot. */
import { dirname } from 'node:path';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { firstBootProgram, type Planned, type Starter } from '../first-boot.ts';
import type { FirstBootEntry } from '../init-system.ts';

export function unitStarter(root: RootFs): Starter {
  return {
    async write(entry, planned) {
      const unit = `ldf-first-boot-${entry.name}.service`;
      await root.write(`/etc/systemd/system/${unit}`, unitText(entry, planned));
      return unit;
    },
    async enable(units) {
      await root.run('systemctl', ['enable', ...units]);
    },
  };
}

/** systemd.unit(5): `%` begins a specifier, and a path with a blank or a quote is put in quotes. */
function unitText({ name, before }: FirstBootEntry, planned: readonly Planned[]): string {
  const quoted = (path: string) => path.replaceAll('%', '%%');
  const folders = [...new Set(planned.map(({ path }) => dirname(path)))];
  const services = before.map((service) => (/\.[a-z]+$/.test(service) ? service : `${service}.service`));
  return `[Unit]
Description=This machine's own ${name} files
Documentation=man:machine-id(5)
DefaultDependencies=no
RequiresMountsFor=${folders.map((folder) => JSON.stringify(quoted(folder))).join(' ')}
After=local-fs.target systemd-remount-fs.service systemd-random-seed.service
Before=${['basic.target', ...services].join(' ')}
Conflicts=shutdown.target
Before=shutdown.target
ConditionPathExists=!${quoted(planned[0]?.path ?? '')}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${firstBootProgram} ${name}

[Install]
WantedBy=basic.target
`;
}
