-- AlterTable
ALTER TABLE "StageRun" ADD COLUMN "startedUptimeMs" REAL;
ALTER TABLE "StageRun" ADD COLUMN "durationMs" REAL;
ALTER TABLE "StageRun" ADD COLUMN "cpuSeconds" REAL;
ALTER TABLE "StageRun" ADD COLUMN "peakMemoryBytes" BIGINT;
ALTER TABLE "StageRun" ADD COLUMN "writtenBytes" BIGINT;

-- What ran before has no better measure than the wall clock.
UPDATE "StageRun" SET "durationMs" = (julianday("endedAt") - julianday("startedAt")) * 86400000
WHERE "state" IN ('succeeded', 'failed') AND "endedAt" >= "startedAt";

-- RedefineTable: a lease lasts seconds, so none needs to be taken over.
DROP TABLE "Lease";
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "owner" TEXT NOT NULL,
    "heldFromMs" REAL NOT NULL,
    "heldUntilMs" REAL NOT NULL
);

-- CreateIndex
CREATE INDEX "Build_distributionId_startedAt_idx" ON "Build"("distributionId", "startedAt");

-- CreateIndex
CREATE INDEX "StageRun_state_stage_durationMs_idx" ON "StageRun"("state", "stage", "durationMs");
