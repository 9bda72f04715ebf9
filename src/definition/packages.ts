/** Packages as people write them for apt: a name, and what apt-get(8) lets one say behind it. Pure. */
import * as z from 'zod';
import { packageNamePattern as name } from './package-name.ts';

/** Debian Policy 5.6.12, with epoch and revision. */
const version = '[0-9][A-Za-z0-9.+:~-]{0,127}';
const suite = '[a-z][a-z0-9.-]{0,62}';

/** `name`, `name=version`, `name/suite`, `name:architecture`, or `name-` to leave it out. */
export const WrittenPackage = z
  .string()
  .regex(
    new RegExp(`^${name}(:[a-z0-9-]{1,32})?(=${version}|/${suite})?$`),
    'must be a package such as nginx, nginx=1.26.3-3, nginx/trixie-backports, or nginx- to leave it out',
  )
  .refine((text) => !/-[:=/]/.test(text), 'leaves a package out: nothing may stand behind the hyphen');

export interface WantedPackage {
  /** Without anything that stood behind it. */
  name: string;
  /** `name-`: it must not be installed. */
  leaveOut: boolean;
  /** Debian's name of an architecture. */
  arch: string | undefined;
  /** The one version that will do. */
  version: string | undefined;
  /** The suite it is to come from. */
  suite: string | undefined;
}

const parts = new RegExp(`^(${name}?)(-?)(?::([a-z0-9-]+))?(?:=(.+)|/(.+))?$`);

/** @param text what `WrittenPackage` takes; @throws Error for anything else */
export function parsePackage(text: string): WantedPackage {
  const match = parts.exec(text);
  if (!match?.[1]) throw new Error(`${text} is no package`);
  const [, base, hyphen, arch, exact, from] = match;
  return { name: base, leaveOut: hyphen === '-', arch, version: exact, suite: from };
}

/** The suites beside a release that its packages may come from: what becomes of it, and what is made for it later. */
export function suitesBeside(release: string): string[] {
  return ['', '-updates', '-security', '-backports'].map((pocket) => release + pocket);
}

/** Whether a suite has security updates alone: `trixie-security`, or `buster/updates` as these were called before. */
export function isSecuritySuite(suite: string): boolean {
  return suite.endsWith('-security') || suite.endsWith('/updates');
}
