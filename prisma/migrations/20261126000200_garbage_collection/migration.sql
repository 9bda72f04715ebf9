-- What an artifact takes in the store (images are sparse), and when garbage collection removed its content.
ALTER TABLE "Artifact" ADD COLUMN "storedBytes" BIGINT;
ALTER TABLE "Artifact" ADD COLUMN "removedAt" DATETIME;

-- A source whose file is about to be removed, or was: it counts as not there.
ALTER TABLE "Source" ADD COLUMN "removing" BOOLEAN NOT NULL DEFAULT false;
