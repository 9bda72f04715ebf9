/** The HTTP API: what every request passes through, and the routes. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { apiBounds } from '../config.ts';
import { LdfError } from '../errors.ts';
import { limitBodies, streamedPaths } from './body-limits.ts';
import { compressAnswers } from './compress.ts';
import { crossSiteGuard, hostGuard } from './guard.ts';
import { boundHeldBodies } from './held-bodies.ts';
import { tagLists } from './list-tags.ts';
import { openApiDocument } from './openapi.ts';
import { errorHandler, notFound, problemResponse, validationHook } from './problem.ts';
import { requestLog } from './request-log.ts';
import { AccessTable, accessGuard } from './route.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { buildRoutes } from './routes/builds.ts';
import { changeRoutes } from './routes/changes.ts';
import { componentRoutes } from './routes/components.ts';
import { consoleRoutes } from './routes/console.ts';
import { distributionRoutes } from './routes/distributions.ts';
import { eventRoutes } from './routes/events.ts';
import { exampleRoutes } from './routes/examples.ts';
import { gcRoutes } from './routes/gc.ts';
import { keyRoutes } from './routes/keys.ts';
import { logRoutes } from './routes/logs.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { planRoutes } from './routes/plans.ts';
import { queryRoutes } from './routes/queries.ts';
import { schemaRoutes } from './routes/schema.ts';
import { sessionRoutes } from './routes/session.ts';
import { sourceRoutes } from './routes/sources.ts';
import { stageImageRoutes } from './routes/stage-images.ts';
import { systemRoutes } from './routes/system.ts';
import { isPage, webuiRoutes } from './routes/webui.ts';
import type { ApiServices } from './services.ts';

export function createApp(services: ApiServices): OpenAPIHono {
  const { log, version } = services;
  const app = new OpenAPIHono({ defaultHook: validationHook });
  app.onError(errorHandler(log));
  app.notFound((c) => problemResponse(c, notFound(c.req.path)));

  app.use(requestLog(log));
  app.use(secureHeaders(headers));
  app.use(closeBodyOfHead);
  app.use(compressAnswers);
  app.use(tagLists);
  app.use(hostGuard(services.allowedHosts));
  app.use(crossSiteGuard);
  const table = new AccessTable();
  app.use(accessGuard({ access: services.access, table, isPage }));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => problemResponse(c, wrongMethod(c.req.method), { Allow: methods.join(', ') }),
    }),
  );
  const boundBodies = boundHeldBodies(apiBounds.maxHeldBodyBytes, apiBounds.maxDefinitionBodyBytes);
  app.use((c, next) => (streamedPaths.has(c.req.path) ? next() : boundBodies(c, next)));
  app.use(limitBodies);

  for (const routes of [
    distributionRoutes(services),
    planRoutes(services),
    exampleRoutes(services.examplesDir),
    queryRoutes(services),
    buildRoutes(services),
    logRoutes(services),
    eventRoutes(services),
    changeRoutes(services),
    artifactRoutes(services),
    consoleRoutes(services),
    componentRoutes(services),
    keyRoutes(services),
    stageImageRoutes(services),
    systemRoutes(services),
    sourceRoutes(services),
    gcRoutes(services),
    schemaRoutes(),
    metricsRoutes(services),
    sessionRoutes(services),
  ])
    app.route('/', routes);
  table.addDocumented(app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : [])));

  // Made when it is first asked for: a server that one command brings up for itself has no time to lose.
  let document: ReturnType<typeof openApiDocument> | undefined;
  table.add('GET', '/openapi.json', 'public');
  app.get('/openapi.json', (c) => {
    document ??= openApiDocument(app, version);
    return c.json(document);
  });
  app.route('/', webuiRoutes(services.webuiDir, table));
  return app;
}

/** Plain HTTP is normal on one's own machine, so no Strict-Transport-Security; a page's own policy goes first. */
const headers: Parameters<typeof secureHeaders>[0] = {
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  overwrite: false,
};

/** Hono answers HEAD with what GET answers, less the body: what that would have been read from has to be closed. */
const closeBodyOfHead: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.req.method === 'HEAD') await c.res.body?.cancel();
};

function wrongMethod(method: string): LdfError {
  return new LdfError('method.not-allowed', `${method} is not allowed here.`, {
    hint: 'The Allow header lists what is allowed; GET /openapi.json describes it.',
  });
}
