/** The limits of stages as a table: a row a stage, a column a limit. Pure. */
import type { SettingShape } from '../../../shapes/requests.ts';

export interface StageLimits {
  /** As variables have it, such as TIMEOUT. */
  limits: string[];
  rows: { stage: string; cells: (SettingShape | undefined)[] }[];
}

/** @param settings a limit of a stage is named `LDF_STAGE_<limit>_<stage>` */
export function stageLimits(settings: readonly SettingShape[]): StageLimits {
  const rows = new Map<string, Map<string, SettingShape>>();
  const limits = new Set<string>();
  for (const setting of settings) {
    if (setting.stage === null) continue;
    const limit = setting.name.slice('LDF_STAGE_'.length, -`_${setting.stage}`.length);
    limits.add(limit);
    const row = rows.get(setting.stage) ?? new Map<string, SettingShape>();
    rows.set(setting.stage, row.set(limit, setting));
  }
  return {
    limits: [...limits],
    rows: [...rows].map(([stage, row]) => ({ stage, cells: [...limits].map((limit) => row.get(limit)) })),
  };
}
