/** OpenRC: which services start at boot, and what the first boot of each machine makes for itself. */
import { readdir } from 'node:fs/promises';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { ToolError } from '../../../stage-images/contract/tool.ts';
import { nearNamesHint } from '../../near-names.ts';
import { definePart } from '../../part.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { changeServices, type ServiceProblem, unitSuffix } from '../change-services.ts';
import { deferSecrets, firstBootProgram, type Starter } from '../first-boot.ts';
import type { FirstBootEntry, InitSystem, Services } from '../init-system.ts';
import { OpenrcParams } from './params.ts';

const programs = ['/usr/sbin/openrc', '/usr/sbin/init'];
const scriptFolder = '/etc/init.d';
/** What services of a running system belong to (runlevels of OpenRC's users guide). */
const runlevel = 'default';

export const openrc = definePart(
  OpenrcParams,
  (): InitSystem => ({
    require: requireOpenrc,
    setServices,
    async prepareFirstBoot(root, { entries, given }) {
      await root.remove('/etc/machine-id');
      if (await root.stat('/var/lib/dbus')) await root.link('/var/lib/dbus/machine-id', '/etc/machine-id');
      await deferSecrets(root, { entries: [machineId, ...entries], given }, scriptStarter(root));
    },
  }),
);

/** machine-id(5): nothing makes it where there is no systemd, and programs that are not of systemd read it. */
const machineId: FirstBootEntry = {
  name: 'machine-id',
  files: [{ path: '/etc/machine-id', owner: 'root', group: 'root', mode: '0444', values: [] }],
  make: 'tr -d - </proc/sys/kernel/random/uuid >machine-id\n',
  before: [],
  from: { kind: 'component', name: 'init/openrc' },
};

async function requireOpenrc(root: RootFs): Promise<void> {
  for (const program of programs)
    if (!(await root.exists(program)))
      throw new StageFailure({
        code: 'init.missing',
        message: 'The packages do not bring OpenRC and an init that runs it, so the image could not boot.',
        hint: 'Let the init component have the packages openrc and sysvinit-core, or choose another init.',
        details: [{ pointer: '/init', message: `There is no ${program} in the root file system.` }],
      });
}

async function setServices(root: RootFs, services: Services): Promise<void> {
  const folder = await root.follow(scriptFolder);
  const scripts = new Set(folder ? await readdir(folder) : []);
  await changeServices(services, (name, key) =>
    scripts.has(name)
      ? update(root, key === 'enable' ? ['add', name, runlevel] : ['--all', 'delete', name], name)
      : unknownService(name, scripts),
  );
}

/** rc-update(8). */
async function update(root: RootFs, args: readonly string[], name: string): Promise<ServiceProblem | undefined> {
  try {
    await root.run('rc-update', args);
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const said = error.tail.join(' ');
    // What starts nowhere is off already.
    if (/is not in (?:any of )?the runlevel|not found in any of the specified runlevels/.test(said)) return undefined;
    return { message: `${name} cannot be changed: ${said}`, hint: `See what ${scriptFolder}/${name} says of itself.` };
  }
}

function unknownService(name: string, scripts: ReadonlySet<string>): ServiceProblem {
  const without = name.replace(unitSuffix, '');
  const hint = 'Add the package that brings it, give a script under /system/files, or leave the name out.';
  if (without === name)
    return { unknown: true, message: `There is no service ${name}.`, hint: nearNamesHint(name, scripts, hint) };
  return {
    unknown: true,
    message: `${name} is a unit of systemd, and this image has OpenRC.`,
    hint: scripts.has(without) ? `Write ${without}.` : nearNamesHint(without, scripts, hint),
  };
}

/** A script of openrc-run(8) for an entry, which runs before every other service of its runlevel. */
function scriptStarter(root: RootFs): Starter {
  return {
    async write({ name }, planned) {
      const service = `ldf-first-boot-${name}`;
      await root.write(`${scriptFolder}/${service}`, scriptText(name, planned[0]?.path ?? ''), 0o755);
      return service;
    },
    async enable(services) {
      for (const service of services) await root.run('rc-update', ['add', service, runlevel]);
    },
  };
}

/** Paths of definitions have no quotes and no control characters. */
function scriptText(name: string, first: string): string {
  return `#!/sbin/openrc-run
description="This machine's own ${name} files"

depend() {
    before *
}

start() {
    [ -e '${first.replaceAll("'", "'\\''")}' ] && return 0
    ebegin "Making this machine's own ${name} files"
    ${firstBootProgram} ${name}
    eend $?
}
`;
}
