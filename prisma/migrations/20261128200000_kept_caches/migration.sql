-- AlterTable
ALTER TABLE "StageRun" ADD COLUMN "warm" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "KeptCache" (
    "volume" TEXT NOT NULL PRIMARY KEY,
    "distributionId" TEXT NOT NULL,
    "cache" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "lastUsedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE UNIQUE INDEX "KeptCache_distributionId_cache_key_key" ON "KeptCache"("distributionId", "cache", "key");

-- CreateTable
CREATE TABLE "ResolvedKernel" (
    "sha256" TEXT NOT NULL PRIMARY KEY,
    "arch" TEXT NOT NULL,
    "of" TEXT NOT NULL,
    "kernel" TEXT NOT NULL,
    "resolvedBy" TEXT,
    "resolvedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE INDEX "ResolvedKernel_arch_of_resolvedAt_idx" ON "ResolvedKernel"("arch", "of", "resolvedAt");

-- CreateIndex
CREATE INDEX "ResolvedKernel_resolvedAt_idx" ON "ResolvedKernel"("resolvedAt");
