-- CreateTable
CREATE TABLE "Distribution" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "definition" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "DistributionLock" (
    "distributionId" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "lock" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("distributionId", "arch"),
    CONSTRAINT "DistributionLock_distributionId_fkey" FOREIGN KEY ("distributionId") REFERENCES "Distribution" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Component" (
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "spec" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("kind", "name")
);

-- CreateTable
CREATE TABLE "Build" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "distributionId" TEXT,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "formats" TEXT NOT NULL,
    "definition" TEXT NOT NULL,
    "components" TEXT NOT NULL,
    "lock" TEXT,
    "boot" BOOLEAN NOT NULL,
    "noCache" BOOLEAN NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "verdict" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    "cancelRequestedAt" DATETIME,
    "idempotencyKey" TEXT,
    "idempotencyHash" TEXT,
    CONSTRAINT "Build_distributionId_fkey" FOREIGN KEY ("distributionId") REFERENCES "Distribution" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "StageRun" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "buildId" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "key" TEXT,
    "reason" TEXT,
    "forced" BOOLEAN NOT NULL DEFAULT false,
    "request" TEXT,
    "progress" REAL NOT NULL DEFAULT 0,
    "note" TEXT NOT NULL DEFAULT '',
    "error" TEXT,
    "exitCode" INTEGER,
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    CONSTRAINT "StageRun_buildId_fkey" FOREIGN KEY ("buildId") REFERENCES "Build" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Layer" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "stage" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Source" (
    "sha256" TEXT NOT NULL PRIMARY KEY,
    "filename" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Artifact" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "buildId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "verdict" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Artifact_buildId_fkey" FOREIGN KEY ("buildId") REFERENCES "Build" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "owner" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Distribution_name_key" ON "Distribution"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Build_idempotencyKey_key" ON "Build"("idempotencyKey");

-- CreateIndex
CREATE INDEX "Build_state_priority_createdAt_idx" ON "Build"("state", "priority", "createdAt");

-- CreateIndex
CREATE INDEX "Build_distributionId_createdAt_idx" ON "Build"("distributionId", "createdAt");

-- CreateIndex
CREATE INDEX "Build_createdAt_id_idx" ON "Build"("createdAt", "id");

-- CreateIndex
CREATE INDEX "StageRun_stage_state_endedAt_idx" ON "StageRun"("stage", "state", "endedAt");

-- CreateIndex
CREATE UNIQUE INDEX "StageRun_buildId_stage_attempt_key" ON "StageRun"("buildId", "stage", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "Layer_volume_key" ON "Layer"("volume");

-- CreateIndex
CREATE INDEX "Artifact_sha256_idx" ON "Artifact"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "Artifact_buildId_name_key" ON "Artifact"("buildId", "name");
