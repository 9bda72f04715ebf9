import type { Problem } from '../../checks/check.ts';

/** A way in which a disk is not as its firmware needs it. @param message continues "… did not come up: " */
export function problem(message: string, hint: string): Problem {
  return { code: 'boot.layout-unfit', message, hint };
}
