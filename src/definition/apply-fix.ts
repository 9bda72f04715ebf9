/** Makes the change of a fix in a definition as it was written. Pure. */

import { pointerKeys } from '../errors.ts';
import type { Fix } from '../fix.ts';
import { isRecord } from '../is-record.ts';

/** @returns the changed definition; undefined where something else than `from` stands at the place by now */
export function applyFix(definition: Record<string, unknown>, fix: Fix): Record<string, unknown> | undefined {
  const changed = changedAt(definition, pointerKeys(fix.pointer), fix);
  return isRecord(changed) ? changed : undefined;
}

/** `within` with the change made below it; undefined where it cannot be made. */
function changedAt(within: unknown, [key, ...deeper]: readonly string[], fix: Fix): unknown {
  if (key === undefined) return undefined;
  if (Array.isArray(within)) return changedList(within, key, deeper, fix);
  if (!isRecord(within)) return undefined;
  if (deeper.length > 0) {
    const below = changedAt(within[key] ?? (fix.from === null ? {} : undefined), deeper, fix);
    return below === undefined ? undefined : { ...within, [key]: below };
  }
  if ((within[key] ?? null) !== fix.from) return undefined;
  const { [key]: _before, ...others } = within;
  return fix.to === null ? others : { ...within, [key]: fix.to };
}

function changedList(list: readonly unknown[], key: string, deeper: readonly string[], fix: Fix): unknown {
  if (deeper.length > 0) {
    const below = changedAt(list[Number(key)], deeper, fix);
    return below === undefined ? undefined : list.with(Number(key), below);
  }
  // Entries before it may have come or gone since: then it is the only one of its kind that is meant.
  const at = list[Number(key)] === fix.from ? Number(key) : list.indexOf(fix.from);
  if (fix.from === null || at < 0 || (at !== Number(key) && list.lastIndexOf(fix.from) !== at)) return undefined;
  return fix.to === null ? list.filter((_, index) => index !== at) : list.with(at, fix.to);
}
