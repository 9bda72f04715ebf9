/** Kernels as the stage resolve wrote them here: the only ones that are believed outside the build they belong to. */
import type { Architecture } from '../definition/definition.ts';
import type { KernelGroup } from '../stages/lock.ts';

export interface ResolvedKernelTable {
  /** Notes what resolve wrote; `resolvedBy` is the build, null outside any. The newest `resolvedKernelsKept` stay. */
  addResolvedKernel(arch: Architecture, kernel: KernelGroup, resolvedBy: string | null): Promise<void>;
  /** The newest kernel that resolve wrote for a wish. */
  findResolvedKernel(arch: Architecture, wishesSha256: string): Promise<KernelGroup | undefined>;
}
