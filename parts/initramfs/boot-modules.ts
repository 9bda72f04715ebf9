/** Which of the wanted kernel modules have to be loaded before the root file system can be mounted. */
import { StageFailure } from '../../stage-images/contract/failure.ts';
import type { WantedModule } from './initramfs.ts';

/** What depmod(8) and kbuild say of a kernel's modules, by canonical name (`-` written `_`). */
export interface ModuleIndex {
  loadable: ReadonlySet<string>;
  builtIn: ReadonlySet<string>;
}

export interface BootModules {
  /** To be loaded by an initramfs; none is needed when this is empty. */
  load: string[];
  /** Wanted, but this kernel has no such driver. */
  absent: string[];
}

/** Reads modules.dep (`path: dependencies`) and modules.builtin (paths), see modules.dep(5). */
export function readModuleIndex(modulesDep: string, modulesBuiltin: string): ModuleIndex {
  const names = (text: string) => text.split('\n').flatMap((line) => moduleName(line.split(':', 1)[0] ?? ''));
  return { loadable: new Set(names(modulesDep)), builtIn: new Set(names(modulesBuiltin)) };
}

/**
 * A driver that is not `needed` is for hardware the image may never meet: when the kernel was made without it, it is
 * left out. @throws StageFailure `kernel.module-missing` for a needed one.
 */
export function chooseBootModules(wanted: readonly WantedModule[], index: ModuleIndex): BootModules {
  const known = (name: string) => index.loadable.has(name) || index.builtIn.has(name);
  const missing = wanted.filter(({ name, needed }) => needed && !known(canonical(name))).map(({ name }) => name);
  if (missing.length > 0)
    throw new StageFailure({
      code: 'kernel.module-missing',
      message: `The kernel has no ${missing.join(', ')}, neither built in nor as a module; without it the root file system cannot be mounted.`,
      hint: 'Turn the driver on in kernel.config.options (y or m), or take out the option that turns it off.',
      details: missing.map((name) => ({ pointer: '/kernel/config/options', message: `${name} is off` })),
    });
  const names = [...new Set(wanted.map(({ name }) => canonical(name)))].sort();
  return {
    load: names.filter((name) => index.loadable.has(name)),
    absent: names.filter((name) => !known(name)),
  };
}

/** `kernel/drivers/block/virtio_blk.ko.xz` → `virtio_blk`; nothing for other lines. */
function moduleName(path: string): string[] {
  const name = /([^/]+)\.ko(\.\w+)?$/.exec(path.trim())?.[1];
  return name === undefined ? [] : [canonical(name)];
}

/** Modules are named with either, and mean the same: `-` becomes `_`. */
export function canonical(name: string): string {
  return name.replaceAll('-', '_');
}
