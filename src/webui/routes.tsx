/** Every address of the web UI, and the view behind it; but for the first, a view is loaded when it is first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { distributionsQuery, queryClient } from './api.ts';
import { persistently } from './load-view.ts';
import { Shell } from './shell/shell.tsx';
import { BrokenView, LoadingView, NotFound } from './shell/view-states.tsx';
import { BuildSearch } from './views/build/build-search.ts';
import { BuildsSearch } from './views/builds/builds-search.ts';
import { readFilter } from './views/components/filter.ts';
import { DistributionSearch } from './views/distribution/search.ts';
import { FormSearch, NewSearch } from './views/distribution-form/search.ts';
import { Distributions } from './views/distributions/distributions.tsx';
import { DistributionsSearch } from './views/distributions/listing.ts';

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
  validateSearch: DistributionsSearch,
  loader: () => void queryClient.prefetchQuery(distributionsQuery),
  component: Distributions,
});

const newDistribution = createRoute({
  getParentRoute: () => root,
  path: '/distributions/new',
  validateSearch: NewSearch,
  component: lazyRouteComponent(
    persistently(() => import('./views/distribution-form/new-distribution.tsx')),
    'NewDistribution',
  ),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/distributions/templates',
  component: lazyRouteComponent(
    persistently(() => import('./views/distributions/templates.tsx')),
    'Templates',
  ),
});

const distribution = createRoute({
  getParentRoute: () => root,
  path: '/distributions/$id',
  validateSearch: DistributionSearch,
  component: lazyRouteComponent(
    persistently(() => import('./views/distribution/distribution.tsx')),
    'DistributionPage',
  ),
});

const editDistribution = createRoute({
  getParentRoute: () => root,
  path: '/distributions/$id/edit',
  validateSearch: FormSearch,
  component: lazyRouteComponent(
    persistently(() => import('./views/distribution-form/edit-distribution.tsx')),
    'EditDistribution',
  ),
});

const builds = createRoute({
  getParentRoute: () => root,
  path: '/builds',
  validateSearch: BuildsSearch,
  component: lazyRouteComponent(
    persistently(() => import('./views/builds/builds.tsx')),
    'Builds',
  ),
});

export const buildRoute = createRoute({
  getParentRoute: () => root,
  path: '/builds/$id',
  validateSearch: BuildSearch,
  component: lazyRouteComponent(
    persistently(() => import('./views/build/build.tsx')),
    'BuildPage',
  ),
});

const console = createRoute({
  getParentRoute: () => root,
  path: '/artifacts/$id/console',
  component: lazyRouteComponent(
    persistently(() => import('./views/console/console.tsx')),
    'Console',
  ),
});

const components = createRoute({
  getParentRoute: () => root,
  path: '/components',
  validateSearch: readFilter,
  component: lazyRouteComponent(
    persistently(() => import('./views/components/components.tsx')),
    'Components',
  ),
});

const component = createRoute({
  getParentRoute: () => root,
  path: '/components/$kind/$name',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: 'file' } => (tab === 'file' ? { tab } : {}),
  component: lazyRouteComponent(
    persistently(() => import('./views/components/component.tsx')),
    'ComponentDetail',
  ),
});

const newComponent = createRoute({
  getParentRoute: () => root,
  path: '/components/new',
  validateSearch: ({ from }: Record<string, unknown>): { from?: string } => (typeof from === 'string' ? { from } : {}),
  component: lazyRouteComponent(
    persistently(() => import('./views/components/component-editor.tsx')),
    'NewComponent',
  ),
});

const editComponent = createRoute({
  getParentRoute: () => root,
  path: '/components/$kind/$name/edit',
  component: lazyRouteComponent(
    persistently(() => import('./views/components/component-editor.tsx')),
    'EditComponent',
  ),
});

const stageImages = createRoute({
  getParentRoute: () => root,
  path: '/stage-images',
  component: lazyRouteComponent(
    persistently(() => import('./views/stage-images/stage-images.tsx')),
    'StageImages',
  ),
});

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(
    persistently(() => import('./views/system/system.tsx')),
    'System',
  ),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(
    persistently(() => import('./views/settings/settings.tsx')),
    'Settings',
  ),
});

const reference = createRoute({
  getParentRoute: () => root,
  path: '/docs',
  component: lazyRouteComponent(
    persistently(() => import('./views/reference/reference.tsx')),
    'Reference',
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    distributions,
    newDistribution,
    templates,
    distribution,
    editDistribution,
    builds,
    buildRoute,
    console,
    components,
    component,
    newComponent,
    editComponent,
    stageImages,
    system,
    settings,
    reference,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingView,
  defaultErrorComponent: BrokenView,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
