/** The parameters of every init system part, without its code: by these the catalog checks `params` of components. */
import { BusyboxInitParams, busyboxInitTraits } from './busybox/params.ts';
import { OpenrcParams, openrcTraits } from './openrc/params.ts';
import { SystemdParams, systemdTraits } from './systemd/params.ts';

export const initParams = { busybox: BusyboxInitParams, openrc: OpenrcParams, systemd: SystemdParams } as const;

/** What each asks for, whatever its parameters are. */
export interface InitTraits {
  /** The userlands that have its programs, by the names of their parts. */
  readonly userlands: readonly string[];
  /** Where every service has a script of its name, which a file of the definition or of a component is; absent: packages bring services. */
  readonly serviceFolder?: string;
}

export const initTraits: Readonly<Record<keyof typeof initParams, InitTraits>> = {
  busybox: busyboxInitTraits,
  openrc: openrcTraits,
  systemd: systemdTraits,
};
