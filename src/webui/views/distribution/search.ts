/** What the address of a distribution says: the tab, the open build dialog, and the two builds that are compared. */
import * as z from 'zod';

export const distributionTabs = ['overview', 'definition', 'compare'] as const;

export const DistributionSearch = z.object({
  tab: z.enum(distributionTabs).optional().catch(undefined),
  build: z.boolean().optional().catch(undefined),
  before: z.string().optional().catch(undefined),
  after: z.string().optional().catch(undefined),
});
export type DistributionSearch = z.infer<typeof DistributionSearch>;
