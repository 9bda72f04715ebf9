-- AlterTable
ALTER TABLE "StageRun" ADD COLUMN "workload" TEXT;
