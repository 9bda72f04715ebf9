import type { StageFacts } from './stage.ts';
import { kindOf, type Workload } from './workload.ts';

/**
 * Of the stages that make a kernel: where it comes from and, where it is compiled, what its configuration starts from, which
 * decides over how many objects there are; every option that is asked for besides may add some.
 */
export function kernelWorkload({ definition, composition, source, form }: StageFacts): Workload {
  if (form !== 'source') return { kind: kindOf(form, source.use), amount: null };
  const { base } = definition.kernel.config;
  const lines = typeof base === 'string' ? 0 : base.content.split('\n').length;
  return {
    kind: kindOf(form, source.use, typeof base === 'string' ? base : 'own configuration'),
    amount: 1 + lines + composition.kernelOptions.filter(({ value }) => value !== 'n').length,
  };
}
