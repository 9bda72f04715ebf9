/** Every address of the web UI, and the view behind it; a view is loaded when it is first opened. */
import { Loader } from '@mantine/core';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ErrorNotice } from './parts/error-notice.tsx';
import { Page } from './parts/page.tsx';
import { Shell } from './shell/shell.tsx';
import { BuildSearch } from './views/build/build-search.ts';
import { BuildsSearch } from './views/builds/builds-search.ts';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/distributions', replace: true });
  },
});

const distributions = createRoute({
  getParentRoute: () => root,
  path: '/distributions',
  component: lazyRouteComponent(() => import('./views/distributions/distributions.tsx'), 'Distributions'),
});

const builds = createRoute({
  getParentRoute: () => root,
  path: '/builds',
  validateSearch: BuildsSearch,
  component: lazyRouteComponent(() => import('./views/builds/builds.tsx'), 'Builds'),
});

export const buildRoute = createRoute({
  getParentRoute: () => root,
  path: '/builds/$id',
  validateSearch: BuildSearch,
  component: lazyRouteComponent(() => import('./views/build/build.tsx'), 'Build'),
});

const components = createRoute({
  getParentRoute: () => root,
  path: '/components',
  component: lazyRouteComponent(() => import('./views/components/components.tsx'), 'Components'),
});

const stageImages = createRoute({
  getParentRoute: () => root,
  path: '/stage-images',
  component: lazyRouteComponent(() => import('./views/stage-images/stage-images.tsx'), 'StageImages'),
});

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./views/system/system.tsx'), 'System'),
});

export const router = createRouter({
  routeTree: root.addChildren([index, distributions, builds, buildRoute, components, stageImages, system]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loader aria-label="Loading" />,
  defaultErrorComponent: ({ error, reset }) => <ErrorNotice error={error} onRetry={reset} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <Page title="There is nothing here" about="The address may be mistyped, or what it named has been deleted.">
      {null}
    </Page>
  );
}
