-- AlterTable
ALTER TABLE "Build" ADD COLUMN "number" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Build" ADD COLUMN "timeFactor" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Distribution" ADD COLUMN "lastBuildNumber" INTEGER NOT NULL DEFAULT 0;

-- Builds of before get theirs by age; those whose distribution is gone, by the name that it had.
UPDATE "Build" SET "number" = "numbered"."place"
FROM (
  SELECT "id", row_number() OVER (PARTITION BY coalesce("distributionId", ' ' || "name") ORDER BY "createdAt", "id") AS "place"
  FROM "Build"
) AS "numbered"
WHERE "numbered"."id" = "Build"."id";
UPDATE "Distribution" SET "lastBuildNumber" =
  (SELECT coalesce(max("number"), 0) FROM "Build" WHERE "Build"."distributionId" = "Distribution"."id");
