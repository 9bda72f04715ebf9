-- CreateTable: what has changed, the newest last, so that whoever follows lists hears of it, whichever process made the change. A row
-- for each thing, which moves to the end when the thing changes again. Triggers write it; they delete and insert, for
-- the conflict clause of the statement that fires a trigger would go before one of its own (https://sqlite.org/lang_createtrigger.html).
CREATE TABLE "Change" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "topic" TEXT NOT NULL,
    "subject" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Change_topic_subject_key" ON "Change"("topic", "subject");

CREATE TRIGGER "Change_build_inserted" AFTER INSERT ON "Build"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."id");
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."distributionId";
  INSERT INTO "Change" ("topic", "subject") SELECT 'distribution', NEW."distributionId" WHERE NEW."distributionId" IS NOT NULL;
  DELETE FROM "Change" WHERE "topic" = 'queue' AND "subject" = '';
  INSERT INTO "Change" ("topic", "subject") VALUES ('queue', '');
END;
CREATE TRIGGER "Change_build_state" AFTER UPDATE OF "state" ON "Build" WHEN OLD."state" <> NEW."state"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."id");
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."distributionId";
  INSERT INTO "Change" ("topic", "subject") SELECT 'distribution', NEW."distributionId" WHERE NEW."distributionId" IS NOT NULL;
  DELETE FROM "Change" WHERE "topic" = 'queue' AND "subject" = '';
  INSERT INTO "Change" ("topic", "subject") VALUES ('queue', '');
END;
CREATE TRIGGER "Change_build_updated" AFTER UPDATE OF "error", "verdict", "reproducible", "startedAt", "endedAt", "distributionId" ON "Build"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."id");
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."distributionId";
  INSERT INTO "Change" ("topic", "subject") SELECT 'distribution', NEW."distributionId" WHERE NEW."distributionId" IS NOT NULL;
END;
CREATE TRIGGER "Change_build_deleted" AFTER DELETE ON "Build"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = OLD."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', OLD."id");
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = OLD."distributionId";
  INSERT INTO "Change" ("topic", "subject") SELECT 'distribution', OLD."distributionId" WHERE OLD."distributionId" IS NOT NULL;
  DELETE FROM "Change" WHERE "topic" = 'queue' AND "subject" = '';
  INSERT INTO "Change" ("topic", "subject") VALUES ('queue', '');
END;

CREATE TRIGGER "Change_stage_inserted" AFTER INSERT ON "StageRun"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."buildId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."buildId");
END;
CREATE TRIGGER "Change_stage_updated" AFTER UPDATE OF "state", "progress", "note" ON "StageRun"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."buildId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."buildId");
END;

CREATE TRIGGER "Change_artifact_inserted" AFTER INSERT ON "Artifact"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."buildId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."buildId");
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = (SELECT "distributionId" FROM "Build" WHERE "id" = NEW."buildId");
  INSERT INTO "Change" ("topic", "subject") SELECT 'distribution', "distributionId" FROM "Build" WHERE "id" = NEW."buildId" AND "distributionId" IS NOT NULL;
END;
CREATE TRIGGER "Change_artifact_updated" AFTER UPDATE OF "verdict", "removedAt" ON "Artifact"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'build' AND "subject" = NEW."buildId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('build', NEW."buildId");
END;

CREATE TRIGGER "Change_distribution_inserted" AFTER INSERT ON "Distribution"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('distribution', NEW."id");
END;
CREATE TRIGGER "Change_distribution_updated" AFTER UPDATE OF "name", "definition", "arch", "version", "components" ON "Distribution"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('distribution', NEW."id");
END;
CREATE TRIGGER "Change_distribution_deleted" AFTER DELETE ON "Distribution"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = OLD."id";
  INSERT INTO "Change" ("topic", "subject") VALUES ('distribution', OLD."id");
END;
CREATE TRIGGER "Change_lock_inserted" AFTER INSERT ON "DistributionLock"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."distributionId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('distribution', NEW."distributionId");
END;
CREATE TRIGGER "Change_lock_updated" AFTER UPDATE OF "lock" ON "DistributionLock"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'distribution' AND "subject" = NEW."distributionId";
  INSERT INTO "Change" ("topic", "subject") VALUES ('distribution', NEW."distributionId");
END;

CREATE TRIGGER "Change_component_inserted" AFTER INSERT ON "Component"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'component' AND "subject" = NEW."kind" || '/' || NEW."name";
  INSERT INTO "Change" ("topic", "subject") VALUES ('component', NEW."kind" || '/' || NEW."name");
END;
CREATE TRIGGER "Change_component_updated" AFTER UPDATE ON "Component"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'component' AND "subject" = NEW."kind" || '/' || NEW."name";
  INSERT INTO "Change" ("topic", "subject") VALUES ('component', NEW."kind" || '/' || NEW."name");
END;
CREATE TRIGGER "Change_component_deleted" AFTER DELETE ON "Component"
BEGIN
  DELETE FROM "Change" WHERE "topic" = 'component' AND "subject" = OLD."kind" || '/' || OLD."name";
  INSERT INTO "Change" ("topic", "subject") VALUES ('component', OLD."kind" || '/' || OLD."name");
END;
