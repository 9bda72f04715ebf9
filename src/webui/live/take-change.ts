/** Lists as the server's answers and the changes that it tells make them together. Pure. */
import type { BuildSummary } from '../../model/build.ts';
import type { Change } from '../../model/change.ts';
import type { DistributionSummary } from '../../model/distribution.ts';

export interface BuildPage {
  items: BuildSummary[];
  nextCursor: string | null;
}

/** What a list of builds is asked for with. */
export interface ListFilter {
  state?: string | undefined;
  arch?: string | undefined;
  /** Id of a distribution. */
  distribution?: string | undefined;
}

/** One page, as of a list that goes no further. */
export function takeIntoPage(page: BuildPage, change: Change, filter: ListFilter): BuildPage {
  const [changed] = takeIntoPages([page], change, filter);
  return changed ?? page;
}

/** Pages in their order, the newest builds first; the same pages where nothing in them has changed. */
export function takeIntoPages<Page extends BuildPage>(pages: Page[], change: Change, filter: ListFilter): Page[] {
  switch (change.type) {
    case 'build':
      return takeBuild(pages, change.build, filter);
    case 'removed':
      return change.what === 'build' ? without(pages, change.id) : pages;
    case 'queue':
      return pages.map((page) => ({ ...page, items: page.items.map((build) => placed(build, change)) }));
    default:
      return pages;
  }
}

function takeBuild<Page extends BuildPage>(pages: Page[], build: BuildSummary, filter: ListFilter): Page[] {
  if (!matches(build, filter)) return without(pages, build.id);
  if (pages.some(({ items }) => items.some(({ id }) => id === build.id)))
    return pages.map((page) => ({ ...page, items: page.items.map((one) => (one.id === build.id ? build : one)) }));
  const place = pages.findIndex(({ items }) => items.some((one) => isOlder(one, build)));
  // Older than all that is shown: it belongs to what is shown only when nothing follows.
  const index = place === -1 && pages.at(-1)?.nextCursor === null ? pages.length - 1 : place;
  return pages.map((page, at) => (at === index ? { ...page, items: inserted(page.items, build) } : page));
}

function without<Page extends BuildPage>(pages: Page[], id: string): Page[] {
  return pages.map((page) =>
    page.items.some((one) => one.id === id) ? { ...page, items: page.items.filter((one) => one.id !== id) } : page,
  );
}

function matches({ state, arch, distributionId }: BuildSummary, filter: ListFilter): boolean {
  return (
    (filter.state ?? state) === state &&
    (filter.arch ?? arch) === arch &&
    (filter.distribution ?? distributionId) === distributionId
  );
}

function placed(build: BuildSummary, { next, queued }: Extract<Change, { type: 'queue' }>): BuildSummary {
  const index = next.indexOf(build.id);
  // Of a long queue only the beginning is told.
  if (index === -1 && build.state === 'queued' && queued > next.length) return build;
  const queuePosition = index === -1 ? null : index + 1;
  return queuePosition === build.queuePosition ? build : { ...build, queuePosition };
}

/** Every distribution, the newest first. */
export function takeIntoDistributions(items: DistributionSummary[], change: Change): DistributionSummary[] {
  if (change.type === 'removed' && change.what === 'distribution') return items.filter(({ id }) => id !== change.id);
  if (change.type !== 'distribution') return items;
  const { distribution } = change;
  if (items.some(({ id }) => id === distribution.id))
    return items.map((one) => (one.id === distribution.id ? distribution : one));
  return inserted(items, distribution);
}

interface Dated {
  id: string;
  createdAt: string;
}

function inserted<Item extends Dated>(items: readonly Item[], item: Item): Item[] {
  const place = items.findIndex((one) => isOlder(one, item));
  return place === -1 ? [...items, item] : [...items.slice(0, place), item, ...items.slice(place)];
}

/** As the server sorts: by time, then by id. */
function isOlder(one: Dated, other: Dated): boolean {
  return one.createdAt < other.createdAt || (one.createdAt === other.createdAt && one.id < other.id);
}
