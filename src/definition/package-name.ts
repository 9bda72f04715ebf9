import * as z from 'zod';

/** Debian Policy 5.6.1: lower-case letters, digits, `+`, `-`, `.`; at least two characters. */
export const packageNamePattern = '[a-z0-9][a-z0-9+.-]{1,127}';

export const PackageName = z
  .string()
  .regex(new RegExp(`^${packageNamePattern}$`), 'must be a Debian package name: lower-case letters, digits, + - .');
