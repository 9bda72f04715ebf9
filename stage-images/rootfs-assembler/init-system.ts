/** What differs from one init system to the next. A new one is a file beside systemd.ts and a line in the list here. */
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import type { FirstBootParams } from './first-boot.ts';
import type { RootFs } from './root-fs.ts';
import { systemd } from './systemd.ts';

export interface InitSystem {
  name: string;
  /** Whether it is the one the root file system has. */
  isIn(root: RootFs): Promise<boolean>;
  /** Starts services at boot, or does not. @throws StageFailure `services.unknown` or `services.impossible`. */
  setServices(root: RootFs, services: AssembleParams['services']): Promise<void>;
  /** Leaves to the first boot what must differ from machine to machine: machine-id, keys, names. */
  prepareFirstBoot(root: RootFs, params: FirstBootParams): Promise<void>;
}

const initSystems: readonly InitSystem[] = [systemd];

/** The init system of the root file system. @throws StageFailure `init.missing`. */
export async function initSystemOf(root: RootFs): Promise<InitSystem> {
  for (const init of initSystems) if (await init.isIn(root)) return init;
  throw new StageFailure({
    code: 'init.missing',
    message: 'None of the packages brings an init system, so the image could not boot.',
    hint: `Choose an init component; this version knows ${initSystems.map(({ name }) => name).join(', ')}.`,
    details: [{ pointer: '/init', message: 'No known init system is among the packages.' }],
  });
}
