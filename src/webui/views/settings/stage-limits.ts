/** The limits of stages as a table: a row a stage, a column a limit. Pure. */
import type { SettingStatus } from '../../../model/system.ts';

export interface StageLimits {
  /** As variables have it, such as TIMEOUT. */
  limits: string[];
  rows: { stage: string; cells: (SettingStatus | undefined)[] }[];
}

/** @param settings a limit of a stage is named `LDF_STAGE_<limit>_<stage>` */
export function stageLimits(settings: readonly SettingStatus[]): StageLimits {
  const rows = new Map<string, Map<string, SettingStatus>>();
  const limits = new Set<string>();
  for (const setting of settings) {
    if (setting.stage === null) continue;
    const limit = setting.name.slice('LDF_STAGE_'.length, -`_${setting.stage}`.length);
    limits.add(limit);
    const row = rows.get(setting.stage) ?? new Map<string, SettingStatus>();
    rows.set(setting.stage, row.set(limit, setting));
  }
  return {
    limits: [...limits],
    rows: [...rows].map(([stage, row]) => ({ stage, cells: [...limits].map((limit) => row.get(limit)) })),
  };
}
