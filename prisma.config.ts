import { defineConfig } from 'prisma/config';

// `prisma generate` needs no schema engine, but the CLI would download one. Any existing program stops that.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.LDF_DATABASE_URL ?? 'file:ldf.db' },
});
