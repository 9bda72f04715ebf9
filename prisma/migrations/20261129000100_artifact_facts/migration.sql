-- AlterTable
ALTER TABLE "Artifact" ADD COLUMN "facts" TEXT;
