-- A lease lasts seconds, so none needs to be taken over: of those that are there it is not known when the machine was started.
DELETE FROM "Lease";

-- AlterTable
ALTER TABLE "Lease" ADD COLUMN "bootId" TEXT;
