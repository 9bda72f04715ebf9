/** The init of BusyBox: which services start at boot, and what the first boot of each machine makes for itself. */
import { readdir } from 'node:fs/promises';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { nearNamesHint } from '../../near-names.ts';
import { definePart } from '../../part.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { changeServices, type ServiceProblem } from '../change-services.ts';
import { deferSecrets, firstBootProgram, type Starter } from '../first-boot.ts';
import type { InitSystem, Services } from '../init-system.ts';
import { BusyboxInitParams, busyboxInitTraits } from './params.ts';

const program = '/sbin/init';
/** Services are scripts that take `start` and `stop`. */
const scripts = busyboxInitTraits.serviceFolder;
/** What starts at boot has a link here; its name says when: `20-network`. */
const startFolder = '/etc/rc.d';

export const busybox = definePart(
  BusyboxInitParams,
  (): InitSystem => ({
    require: requireInit,
    setServices,
    prepareFirstBoot: (root, firstBoot) => deferSecrets(root, firstBoot, scriptStarter(root)),
  }),
);

async function requireInit(root: RootFs): Promise<void> {
  if (await root.exists(program)) return;
  throw new StageFailure({
    code: 'init.missing',
    message: 'The userland does not bring the init of BusyBox, so the image could not boot.',
    hint: 'Choose the userland busybox, or another init.',
    details: [{ pointer: '/init', message: `There is no ${program} in the root file system.` }],
  });
}

/** In the order in which they are asked for: those of components come first. */
async function setServices(root: RootFs, services: Services): Promise<void> {
  const names = await namesIn(root, scripts);
  const started = new Map((await namesIn(root, startFolder)).map((link) => [link.replace(/^\d+-/, ''), link]));
  let order = 20;
  await changeServices(services, async (name, key) => {
    if (!names.includes(name)) return unknownService(name, names);
    const link = started.get(name);
    if (link !== undefined) await root.remove(`${startFolder}/${link}`);
    if (key === 'disable') return undefined;
    const { mode = 0 } = (await root.stat(`${scripts}/${name}`)) ?? {};
    if ((mode & 0o111) === 0) return notExecutable(name);
    await start(root, order++, name);
    return undefined;
  });
}

async function start(root: RootFs, order: number, name: string): Promise<void> {
  await root.link(`${startFolder}/${String(order).padStart(2, '0')}-${name}`, `../init.d/${name}`);
}

async function namesIn(root: RootFs, folder: string): Promise<string[]> {
  const real = await root.follow(folder);
  return real ? readdir(real) : [];
}

function unknownService(name: string, names: readonly string[]): ServiceProblem {
  const hint = `Give a script ${scripts}/${name} under /system/files, or leave the name out.`;
  return { unknown: true, message: `There is no service ${name}.`, hint: nearNamesHint(name, names, hint) };
}

function notExecutable(name: string): ServiceProblem {
  return { message: `${scripts}/${name} cannot be run.`, hint: 'Give the file the mode "0755".' };
}

/** Scripts that run before every other service, each of which does nothing where its files are there. */
function scriptStarter(root: RootFs): Starter {
  return {
    async write({ name }, planned) {
      const service = `ldf-first-boot-${name}`;
      await root.write(`${scripts}/${service}`, scriptText(name, planned[0]?.path ?? ''), 0o755);
      return service;
    },
    async enable(services) {
      for (const service of services) await start(root, 1, service);
    },
  };
}

/** Paths of definitions have no control characters. */
function scriptText(name: string, first: string): string {
  return `#!/bin/sh
# Makes this machine's own ${name} files where they are missing.
[ "$1" = start ] || exit 0
[ -e '${first.replaceAll("'", "'\\''")}' ] || exec ${firstBootProgram} ${name}
`;
}
