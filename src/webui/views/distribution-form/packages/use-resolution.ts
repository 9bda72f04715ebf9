/** The lock that the form shows packages by: the stored one, or one resolved for the draft on request. */
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Distribution } from '../../../../model/distribution.ts';
import type { PlanSummary } from '../../../../model/plan.ts';
import type { Lock } from '../../../../stages/lock.ts';
import { client } from '../../../api.ts';
import { same } from '../draft.ts';
import type { DraftState } from '../use-draft.ts';

export interface Resolution {
  lock: Lock | undefined;
  /** Whether the lock answers the definition as it stands. */
  current: boolean;
  /** Undefined while the definition has problems, which have to be fixed first. */
  resolve: (() => void) | undefined;
  resolving: boolean;
  error: Error | null;
}

export function useResolution(state: DraftState, distribution: Distribution | undefined): Resolution {
  const { draft, plan, waiting, problems } = state;
  // While the definition has problems there is no plan; what was known before is shown as such.
  const arch = plan?.arch ?? distribution?.arch;
  const stored = arch && distribution?.locks[arch];
  const wishes = useMemo(() => wishesOf(plan), [plan]);
  const { mutate, data, isPending, error } = useMutation({
    mutationFn: async () => {
      const { lock } = await client.resolveLock({ definition: draft, ...(stored && { lock: stored }) });
      return { lock, wishes };
    },
  });
  const resolved = plan && data?.lock.arch !== plan.arch ? undefined : data;
  const storedIsCurrent = plan?.stages.find(({ after }) => after.length === 0)?.cached === true;
  const current = resolved ? same(resolved.wishes, wishes) : storedIsCurrent;
  const ready = plan !== null && !waiting && problems.length === 0;
  return useMemo(
    () => ({
      lock: resolved?.lock ?? stored,
      current: ready && current,
      resolve: ready ? () => mutate() : undefined,
      resolving: isPending,
      error,
    }),
    [resolved, stored, ready, current, mutate, isPending, error],
  );
}

/** What of a definition decides which packages are installed. */
function wishesOf(plan: PlanSummary | null) {
  return plan && { arch: plan.arch, packages: plan.packages, components: plan.components.map(({ name }) => name) };
}
