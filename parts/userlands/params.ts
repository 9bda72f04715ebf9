/** The parameters of every userland part, without its code: by these the catalog checks `params` of components. */
import { BusyboxParams, busyboxTraits } from './busybox/params.ts';
import { DebianParams, debianTraits } from './debian/params.ts';

export const userlandParams = { busybox: BusyboxParams, debian: DebianParams } as const;

/** What each has, whatever its parameters are. */
export interface UserlandTraits {
  /** Groups that every system of it has, before any package adds its own. */
  readonly groups: readonly string[];
  /** The log-in shell of users for whom none is named. */
  readonly shell: string;
  /** Files, and folders below which every file counts, that packages read when they are configured and that nothing reads again. */
  readonly readWhenConfigured?: readonly string[];
  /** All that it has; absent: what its archive has, so that packages decide. */
  readonly closed?: ClosedUserland;
}

/** A userland that has its own programs and few others: no other groups, no locales, no time zones and no sudo. */
export interface ClosedUserland {
  /** Packages that a definition may ask for, each with the services that it brings. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** Packages of other components that it does without, because its own programs do their work, or none has to. */
  readonly replaced: readonly string[];
  readonly shells: readonly string[];
  /** How hashes of crypt(5) begin that its log-in knows. */
  readonly passwordHashes: readonly string[];
}

export const userlandTraits: Readonly<Record<keyof typeof userlandParams, UserlandTraits>> = {
  busybox: busyboxTraits,
  debian: debianTraits,
};
