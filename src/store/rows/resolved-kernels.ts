import { contentHash } from '../../plan/canonical.ts';
import { KernelGroup } from '../../stages/lock.ts';
import type { PrismaClient } from '../generated/client.ts';
import type { ResolvedKernelTable } from '../resolved-kernels.ts';
import { fromJson } from './columns.ts';

/** So many are kept, the newest: a wish that was not resolved for so long is resolved anew. */
const resolvedKernelsKept = 1_000;

/** Kernels as the stage resolve wrote them here: the only ones that are believed outside the build they belong to. */
export function resolvedKernelRows(db: PrismaClient): ResolvedKernelTable {
  return {
    async addResolvedKernel(arch, kernel, resolvedBy) {
      const sha256 = contentHash({ arch, kernel });
      const now = new Date();
      const row = {
        arch,
        wishesSha256: kernel.wishesSha256,
        kernel: JSON.stringify(kernel),
        resolvedBy,
        resolvedAt: now,
      };
      await db.resolvedKernel.upsert({
        where: { sha256 },
        create: { sha256, ...row },
        update: { resolvedAt: now },
      });
      const surplus = await db.resolvedKernel.findMany({
        orderBy: { resolvedAt: 'desc' },
        skip: resolvedKernelsKept,
        select: { sha256: true },
      });
      if (surplus.length === 0) return;
      await db.resolvedKernel.deleteMany({ where: { sha256: { in: surplus.map((old) => old.sha256) } } });
    },
    async findResolvedKernel(arch, wishesSha256) {
      const row = await db.resolvedKernel.findFirst({ where: { arch, wishesSha256 }, orderBy: { resolvedAt: 'desc' } });
      return row ? fromJson(KernelGroup, row.kernel, 'ResolvedKernel.kernel') : undefined;
    },
  };
}
