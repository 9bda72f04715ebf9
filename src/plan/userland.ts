/**
 * What a userland and its init system have, as their parts say it: an init system runs on the userlands that have its programs, and a
 * closed userland has few packages beside its own, so that all that it cannot do is known before anything is made. Pure.
 */
import { type InitTraits, initTraits } from '../../parts/inits/params.ts';
import { type ClosedUserland, type UserlandTraits, userlandTraits } from '../../parts/userlands/params.ts';
import { type Catalog, componentId, isOfKind } from '../catalog/catalog.ts';
import type { ComponentOf } from '../catalog/component.ts';
import type { Definition } from '../definition/definition.ts';
import { isPlainLocale } from '../definition/locales.ts';
import { nearest } from '../definition/nearest.ts';
import { parsePackage } from '../definition/packages.ts';
import { isUtc } from '../definition/time-zone.ts';
import { ownValue } from '../own-value.ts';
import { isDefinition, type Origin, originText, pointerOf } from '../stages/origin.ts';
import type { Selected } from './components.ts';
import type { Problems } from './problems.ts';
import type { Composition } from './types.ts';

interface Wanted {
  item: string;
  from: Origin;
}

export function traitsOfUserland(use: string | undefined): UserlandTraits | undefined {
  return ownValue(userlandTraits, use);
}

export function traitsOfInit(use: string | undefined): InitTraits | undefined {
  return ownValue(initTraits, use);
}

/** The userland of a definition, with what its part and that of its init system say of themselves. */
export class UserlandRules {
  readonly #definition: Definition;
  readonly #selected: readonly Selected[];
  readonly #catalog: Catalog;
  readonly #problems: Problems;
  readonly #userland: ComponentOf<'userland'> | undefined;
  readonly #init: ComponentOf<'init'> | undefined;
  readonly #closed: ClosedUserland | undefined;
  readonly #runsInit: boolean;

  constructor(definition: Definition, selected: readonly Selected[], catalog: Catalog, problems: Problems) {
    this.#definition = definition;
    this.#selected = selected;
    this.#catalog = catalog;
    this.#problems = problems;
    this.#userland = selected.flatMap(({ component }) => (isOfKind(component, 'userland') ? component : []))[0];
    this.#init = selected.flatMap(({ component }) => (isOfKind(component, 'init') ? component : []))[0];
    this.#closed = traitsOfUserland(this.#userland?.use)?.closed;
    const { userlands } = traitsOfInit(this.#init?.use) ?? {};
    this.#runsInit = !userlands || !this.#userland || userlands.includes(this.#userland.use);
  }

  /** The log-in shell of users for whom none is named. */
  get shell(): string {
    return traitsOfUserland(this.#userland?.use)?.shell ?? '';
  }

  /** Those of components, and those of the definition that packages read when they are configured and never again. */
  baseFiles(files: Composition['files']): Composition['files'] {
    const folders = traitsOfUserland(this.#userland?.use)?.readWhenConfigured ?? [];
    return files.filter(
      ({ path, from }) => !isDefinition(from) || folders.some((one) => path === one || path.startsWith(`${one}/`)),
    );
  }

  /** Of the packages that components ask for, those that the image gets. @throws nothing: what it cannot have is a problem. */
  packages(contributed: readonly Wanted[]): readonly Wanted[] {
    const closed = this.#closed;
    if (!closed || !this.#userland) return contributed;
    const own = componentId(this.#userland);
    const others = contributed.filter(({ item, from }) => originText(from) !== own && !closed.replaced.includes(item));
    for (const { component, origin } of this.#selected) {
      const items = others.filter(({ from }) => originText(from) === componentId(component)).map(({ item }) => item);
      // An init system that it cannot have is a problem already.
      if (items.length === 0 || (component.kind === 'init' && !this.#runsInit)) continue;
      this.#problems.add(
        pointerOf(origin, '/userland/base'),
        `${componentId(component)} needs ${items.length === 1 ? 'the package' : 'the packages'} ${items.join(', ')}, which ${this.#name} does not have`,
        {
          value: component.name,
          hint: `Leave ${componentId(component)} out, or choose another userland.base${this.#openOnes}.`,
        },
      );
    }
    return contributed.filter(({ from }) => originText(from) === own);
  }

  /** What is recommended is for those who can have it. */
  recommended<Item>(contributed: readonly Item[]): readonly Item[] {
    return this.#closed ? [] : contributed;
  }

  /** Adds a problem for everything that the definition asks for and they cannot do. @param files of components and definition */
  check(files: readonly { path: string }[]): void {
    this.#checkInit();
    const paths = new Set(files.map(({ path }) => path));
    if (this.#closed) {
      this.#checkPackages(this.#closed);
      this.#checkSystem();
      this.#checkUsers(this.#closed, paths);
    }
    if (this.#runsInit) this.#checkServices(paths);
  }

  #checkInit(): void {
    const [userland, init] = [this.#userland, this.#init];
    if (this.#runsInit || !userland || !init) return;
    const inits = this.#catalog.ofKind('init').filter((one) => 'use' in one && runs(one.use, userland.use));
    const userlands = this.#catalog.ofKind('userland').filter((one) => 'use' in one && runs(init.use, one.use));
    this.#problems.add(
      '/init',
      `${componentId(init)} does not go with ${this.#name}, which does not have its programs`,
      {
        value: init.name,
        hint: `Choose another init${namesOf(inits)}, or another userland.base${namesOf(userlands)}.`,
      },
    );
  }

  #checkPackages({ packages }: ClosedUserland): void {
    const takes = Object.keys(packages).join(', ') || 'none';
    this.#definition.userland.packages.forEach((text, index) => {
      const { name, leaveOut } = parsePackage(text);
      if (leaveOut || Object.hasOwn(packages, name)) return;
      this.#refuse(
        `/userland/packages/${index}`,
        text,
        `has no package manager, and ${name} is not among the packages that it takes`,
        {
          hint: `It takes ${takes}; a script can be given under /system/files.`,
        },
      );
    });
  }

  #checkSystem(): void {
    const { locale, timezone, sharedFiles } = this.#definition.system;
    if (!isPlainLocale(locale)) this.#refuse('/system/locale', locale, 'has no locales', { hint: 'Use C.UTF-8.' });
    if (!isUtc(timezone)) this.#refuse('/system/timezone', timezone, 'has no time zones', { hint: 'Use Etc/UTC.' });
    sharedFiles.forEach((path, index) => {
      this.#refuse(`/system/sharedFiles/${index}`, path, 'has no packages that make files when they are installed', {
        hint: 'Leave it out.',
      });
    });
  }

  #checkUsers({ shells, passwordHashes }: ClosedUserland, paths: ReadonlySet<string>): void {
    const groups = traitsOfUserland(this.#userland?.use)?.groups ?? [];
    this.#definition.system.users.forEach((user, index) => {
      const pointer = `/system/users/${index}`;
      if (user.sudo && user.name !== 'root')
        this.#refuse(`${pointer}/sudo`, true, 'has no sudo', {
          hint: 'Leave it out, and let people use su with the password of root.',
        });
      const { shell, passwordHash = '' } = user;
      if (shell !== undefined && !shells.includes(shell) && !paths.has(shell))
        this.#refuse(`${pointer}/shell`, shell, `has no shell ${shell}`, { hint: `It has ${shells.join(', ')}.` });
      // Of the hash, no more than how it begins: messages are kept and shown.
      const [method = ''] = /^\$[^$]*\$/.exec(passwordHash) ?? [];
      if (method !== '' && !passwordHashes.includes(method))
        this.#refuse(`${pointer}/passwordHash`, `${method}...`, `does not know hashes that start with ${method}`, {
          hint: `It knows those of ${passwordHashes.join(', ')}: make one with mkpasswd -m sha512crypt.`,
        });
      user.groups.forEach((group, at) => {
        if (groups.includes(group)) return;
        const [near] = nearest(group, groups, 1);
        const hint = near === undefined ? `It has ${groups.join(', ')}.` : `Did you mean ${near}?`;
        this.#refuse(`${pointer}/groups/${at}`, group, `has no group ${group}`, { hint });
      });
    });
  }

  /** Where services are files, or come with the few packages of a closed userland, each is known by now. */
  #checkServices(paths: ReadonlySet<string>): void {
    const { serviceFolder } = traitsOfInit(this.#init?.use) ?? {};
    if (serviceFolder === undefined) return;
    const { services } = this.#definition.system;
    const asked = new Set(this.#definition.userland.packages.map((text) => parsePackage(text).name));
    const ofPackages = Object.entries(this.#closed?.packages ?? {});
    const known = new Set([
      ...[...paths]
        .filter((path) => path.startsWith(`${serviceFolder}/`))
        .map((path) => path.slice(serviceFolder.length + 1)),
      ...ofPackages.flatMap(([name, brought]) => (asked.has(name) ? brought : [])),
    ]);
    for (const list of ['enable', 'disable'] as const)
      services[list].forEach((service, index) => {
        if (known.has(service)) return;
        const [bringer] = ofPackages.find(([, brought]) => brought.includes(service)) ?? [];
        const hint =
          bringer === undefined
            ? `There are ${[...known].sort().join(', ')}; give a script as ${serviceFolder}/${service} under /system/files.`
            : `Add ${bringer} to userland.packages.`;
        this.#problems.add(`/system/services/${list}/${index}`, `there is no service ${service}`, {
          value: service,
          hint,
        });
      });
  }

  #refuse(pointer: string, value: unknown, message: string, { hint }: { hint: string }): void {
    this.#problems.add(pointer, `${this.#name} ${message}`, {
      value,
      hint: `${hint} Or choose another userland.base${this.#openOnes}.`,
    });
  }

  get #name(): string {
    return this.#userland ? componentId(this.#userland) : 'the userland';
  }

  get #openOnes(): string {
    return namesOf(
      this.#catalog.ofKind('userland').filter((one) => 'use' in one && !traitsOfUserland(one.use)?.closed),
    );
  }
}

function runs(init: string, userland: string): boolean {
  return traitsOfInit(init)?.userlands.includes(userland) === true;
}

function namesOf(components: readonly { name: string }[]): string {
  return components.length > 0 ? ` (${components.map(({ name }) => name).join(', ')})` : '';
}
