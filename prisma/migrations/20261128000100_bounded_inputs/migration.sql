-- AlterTable: what a definition chooses, so that a list need not read it; null until somebody has looked.
ALTER TABLE "Distribution" ADD COLUMN "components" TEXT;

-- CreateTable: one row, which counts the changes of "Component", whichever process makes them.
CREATE TABLE "ComponentRevision" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "revision" INTEGER NOT NULL
);
INSERT INTO "ComponentRevision" ("id", "revision") VALUES (1, 0);

CREATE TRIGGER "Component_inserted" AFTER INSERT ON "Component"
BEGIN UPDATE "ComponentRevision" SET "revision" = "revision" + 1; END;
CREATE TRIGGER "Component_updated" AFTER UPDATE ON "Component"
BEGIN UPDATE "ComponentRevision" SET "revision" = "revision" + 1; END;
CREATE TRIGGER "Component_deleted" AFTER DELETE ON "Component"
BEGIN UPDATE "ComponentRevision" SET "revision" = "revision" + 1; END;
