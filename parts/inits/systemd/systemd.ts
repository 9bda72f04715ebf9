/** systemd: which units start at boot, and what the first boot of each machine makes for itself. */
import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { ToolError } from '../../../stage-images/contract/tool.ts';
import { nearNamesHint } from '../../near-names.ts';
import { definePart } from '../../part.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { changeServices, type ServiceProblem, unitSuffix } from '../change-services.ts';
import { deferSecrets } from '../first-boot.ts';
import type { InitSystem, Services } from '../init-system.ts';
import { unitStarter } from './first-boot-unit.ts';
import { applyUpdates } from './offline-updates.ts';
import { SystemdParams } from './params.ts';

/** systemd.unit(5), "Unit File Load Path", the system's part of it, first found first. */
const unitFolders = ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system'];
const program = '/usr/lib/systemd/systemd';
const presetFile = '/etc/systemd/system-preset/00-ldf.preset';

export const systemd = definePart(
  SystemdParams,
  (): InitSystem => ({
    require: requireSystemd,
    setServices,
    async prepareFirstBoot(root, firstBoot) {
      await root.write('/etc/machine-id', 'uninitialized\n', 0o444);
      if (await root.stat('/var/lib/dbus')) await root.link('/var/lib/dbus/machine-id', '/etc/machine-id');
      await deferSecrets(root, firstBoot, unitStarter(root));
      await holdPresets(root);
      await applyUpdates(root);
    },
  }),
);

async function requireSystemd(root: RootFs): Promise<void> {
  if (await root.exists(program)) return;
  throw new StageFailure({
    code: 'init.missing',
    message: 'None of the packages brings systemd, so the image could not boot.',
    hint: 'Let the init component have the package systemd-sysv, or choose another init.',
    details: [{ pointer: '/init', message: `There is no ${program} in the root file system.` }],
  });
}

async function setServices(root: RootFs, services: Services): Promise<void> {
  const units = await readUnits(root);
  await changeServices(services, (name, key) => {
    const unit = units.find(name);
    if (!unit) return unknownUnit(name, units);
    return key === 'enable' ? enableUnit(root, unit) : disableUnit(root, unit);
  });
}

/** The unit files there are, by name; an alias stands for the unit it leads to. */
export class Units {
  constructor(private readonly files: ReadonlyMap<string, { target: string | undefined }>) {}

  names(): Iterable<string> {
    return this.files.keys();
  }

  /** The unit's own name for `ssh`, `sshd.service` (an alias) or `getty@tty2`; undefined when there is none. */
  find(name: string): string | undefined {
    const unit = unitSuffix.test(name) ? name : `${name}.service`;
    const template = unit.replace(/@[^@]*(\.[a-z]+)$/, '@$1');
    const file = this.files.get(unit) ?? (template === unit ? undefined : this.files.get(template));
    if (!file) return undefined;
    const { target } = file;
    const isAlias = target !== undefined && target !== 'null' && target !== unit && target !== template;
    return isAlias && this.files.has(target) ? target : unit;
  }
}

async function readUnits(root: RootFs): Promise<Units> {
  const files = new Map<string, { target: string | undefined }>();
  for (const folder of unitFolders) {
    const real = await root.follow(folder);
    for (const entry of real ? await readdir(real, { withFileTypes: true }) : []) {
      if (!unitSuffix.test(entry.name) || files.has(entry.name) || !real) continue;
      const target = entry.isSymbolicLink() ? basename(await readlink(join(real, entry.name))) : undefined;
      files.set(entry.name, { target });
    }
  }
  // systemctl(1) also handles scripts of System V style that have no unit of their own.
  const scripts = await root.follow('/etc/init.d');
  for (const name of scripts ? await readdir(scripts) : [])
    if (!files.has(`${name}.service`)) files.set(`${name}.service`, { target: undefined });
  return new Units(files);
}

async function enableUnit(root: RootFs, unit: string): Promise<ServiceProblem | undefined> {
  const failed = await systemctl(root, ['enable', unit]);
  if (failed) return { message: `${unit} cannot be enabled: ${failed}`, hint: 'Enable the unit it names instead.' };
  const state = await unitState(root, unit);
  if (/^(enabled|alias|generated|indirect)/.test(state) || (await isWanted(root, unit))) return undefined;
  return {
    message: `${unit} cannot be enabled: it is ${state}, and says nowhere what should start it.`,
    hint: 'Enable the service, socket or timer that uses it, or add your own unit under /system/files.',
  };
}

/** A unit without an [Install] section is started by links of its package: only a mask keeps it from starting. */
async function disableUnit(root: RootFs, unit: string): Promise<ServiceProblem | undefined> {
  const state = await unitState(root, unit);
  if (state.startsWith('masked')) return undefined;
  const verb =
    /^(static|indirect)/.test(state) || (await isWanted(root, unit, ['/usr/lib/systemd/system'])) ? 'mask' : 'disable';
  const failed = await systemctl(root, [verb, unit]);
  if (failed) return { message: `${unit} cannot be disabled: ${failed}`, hint: 'Disable the unit it names instead.' };
  return undefined;
}

/** Whether some unit pulls it in by a link in its .wants or .requires folder. */
async function isWanted(root: RootFs, unit: string, folders: readonly string[] = unitFolders): Promise<boolean> {
  for (const folder of folders) {
    const real = await root.follow(folder);
    for (const name of real ? await readdir(real) : [])
      if (/\.(wants|requires|upholds)$/.test(name) && (await root.stat(`${folder}/${name}/${unit}`))) return true;
  }
  return false;
}

const unknownHint = 'Add the package that brings it, give a unit file under /system/files, or leave the name out.';

function unknownUnit(name: string, units: Units): ServiceProblem {
  const wanted = unitSuffix.test(name) ? name : `${name}.service`;
  return {
    unknown: true,
    message: `There is no service ${name}.`,
    hint: nearNamesHint(wanted, units.names(), unknownHint),
  };
}

/** Undefined when it went well, else what systemctl said. */
async function systemctl(root: RootFs, args: readonly string[]): Promise<string | undefined> {
  try {
    await root.run('systemctl', args);
    return undefined;
  } catch (error) {
    if (error instanceof ToolError) return error.tail.join(' ');
    throw error;
  }
}

async function unitState(root: RootFs, unit: string): Promise<string> {
  const lines: string[] = [];
  await root.run('systemctl', ['is-enabled', unit], { okCodes: [0, 1, 4], onLine: (line) => lines.push(line) });
  return lines.at(-1) ?? 'unknown';
}

/**
 * The first boot applies presets (machine-id(5), "First Boot Semantics"), and Debian's preset is to enable everything:
 * units that packages or the definition left off would come on. Naming them keeps them off.
 */
async function holdPresets(root: RootFs): Promise<void> {
  const units: string[] = [];
  const args = ['list-unit-files', '--state=disabled', '--no-legend', '--no-pager', '--plain'];
  await root.run('systemctl', args, { onLine: (line) => units.push(line.trim().split(/\s+/)[0] ?? '') });
  const lines = units.filter((unit) => unitSuffix.test(unit)).sort();
  const comment = '# Units that were off when this image was made: the first boot must not turn them on.\n';
  await root.write(presetFile, comment + lines.map((unit) => `disable ${unit}\n`).join(''));
}
