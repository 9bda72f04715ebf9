-- AlterTable
ALTER TABLE "StageRun" ADD COLUMN "compared" TEXT;

-- AlterTable
ALTER TABLE "Build" ADD COLUMN "verifies" TEXT;
ALTER TABLE "Build" ADD COLUMN "reproducible" TEXT;
