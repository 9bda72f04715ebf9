/** Names and paths as a definition, a component and the system in an image write them. */
import * as z from 'zod';

/** What DNS calls a label: it fits host names, volumes and file names. */
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A distribution's name, and that of most components, as a definition has it. */
export const slug = z
  .string()
  .regex(label, 'must be 1 to 63 lowercase letters, digits or hyphens, with no hyphen at either end');

/** The same, as components and parts have it. */
export const hyphenatedName = z
  .string()
  .regex(label, 'must be lowercase letters, digits and hyphens, with no hyphen at either end');

/** A component's name, which may be that of a site, such as kernel.org. */
export const componentName = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    'must be lowercase letters, digits, hyphens and single dots, with a letter or a digit at either end',
  );

export const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path')
  .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'must not contain . or ..')
  .refine((path) => !path.endsWith('/') && !path.includes('//'), 'must name a file, without empty parts');

/** A file without a folder, by which messages tell of a text. @param example such as 0001-fix.patch */
export function fileName(example: string) {
  return z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/, `must be a file name such as ${example}`);
}

export const FileMode = z.string().regex(/^[0-7]{3,4}$/, 'must be an octal mode such as 0644');

/** systemd.unit(5): a unit name, with or without its suffix. */
export const ServiceName = z
  .string()
  .regex(/^[A-Za-z0-9:_.\\@-]{1,200}$/, 'must be a service name such as ssh or ssh.service');
