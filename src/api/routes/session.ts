/** Coming in and going: sessions of browsers. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { LdfError } from '../../errors.ts';
import { scopes } from '../../model/scopes.ts';
import { SessionRequest, SessionStatus, SignInCode } from '../../model/session.ts';
import { endSession, forgetSession, keepSession, sessionOf } from '../authenticate.ts';
import { jsonBody } from '../body.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['access'];
const content = { 'application/json': { schema: SessionStatus } };
const request = jsonBody({ name: 'SessionRequest', schema: SessionRequest, what: 'The sign-in' });

const get = route({
  scope: 'public',
  method: 'get',
  path: '/v1/session',
  tags,
  summary: 'Tell whether and as what the request is known',
  request: { query: NoQuery },
  responses: { 200: { description: 'Who asks.', content }, ...problems() },
});

const begin = route({
  scope: 'public',
  method: 'post',
  path: '/v1/session',
  tags,
  summary: 'Sign a browser in, with a token or a code that works once',
  description: 'The cookie is for this server alone, and no script can read it.',
  request: { query: NoQuery, body: request.documented },
  responses: { 200: { description: 'Signed in.', content }, ...problems('auth.required') },
});

const end = route({
  scope: 'public',
  method: 'delete',
  path: '/v1/session',
  tags,
  summary: 'Sign a browser out',
  request: { query: NoQuery },
  responses: { 204: { description: 'Signed out.' }, ...problems() },
});

const code = route({
  scope: 'signed-in',
  method: 'post',
  path: '/v1/session/codes',
  tags,
  summary: 'Make a code that signs a browser in once',
  request: { query: NoQuery },
  responses: {
    201: {
      description: 'For the fragment of a link: /#code=…',
      content: { 'application/json': { schema: SignInCode } },
    },
    ...problems('auth.required'),
  },
});

export function sessionRoutes({ access, log }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.use('/v1/session/*', async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });

  app.openapi(get, (c) => {
    const principal = c.get('principal');
    const expiresAt = sessionOf(c, access)?.expiresAt.toISOString() ?? null;
    const held = scopes.filter((scope) => principal?.scopes.has(scope));
    const authentication = access.everybody ? 'none' : 'token';
    return c.json({ authentication, signedIn: principal !== undefined, scopes: held, expiresAt }, 200);
  });

  app.openapi(begin, async (c) => {
    const given = await request.read(c);
    const principal = 'code' in given ? access.codes.redeem(given.code) : access.holderOf(given.token);
    if (!principal) {
      log.warn({ by: 'code' in given ? 'code' : 'token' }, 'a sign-in was refused');
      throw new LdfError(
        'auth.required',
        'code' in given ? 'The link was used, or is too old.' : 'This is not the token.',
        {
          hint: '`ldf open` prints another link, `ldf token` the token.',
        },
      );
    }
    // A session from before does not continue beside the new one.
    endSession(c, access);
    const issued = access.sessions.begin(principal);
    keepSession(c, issued);
    log.info({ principal: principal.id }, 'a browser has signed in');
    const held = scopes.filter((scope) => principal.scopes.has(scope));
    return c.json(
      { authentication: 'token' as const, signedIn: true, scopes: held, expiresAt: issued.expiresAt.toISOString() },
      200,
    );
  });

  app.openapi(end, (c) => {
    endSession(c, access);
    forgetSession(c);
    return c.body(null, 204);
  });

  app.openapi(code, (c) => {
    const principal = c.get('principal');
    if (!principal) throw new LdfError('auth.required', 'A token is needed here.');
    const { code: text, expiresAt } = access.codes.issue(principal);
    return c.json({ code: text, expiresAt: expiresAt.toISOString() }, 201);
  });

  return app;
}
