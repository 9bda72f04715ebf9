/** What stands in place of a view: while it is loaded, when it cannot be, and where there is none. */
import { Skeleton, Stack, Text } from '@mantine/core';
import { useServerAway } from '../api.ts';
import { untilServerAnswers } from '../load-view.ts';
import { AnchorLink } from '../parts/anchor.tsx';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { Page } from '../parts/page.tsx';

export function LoadingView() {
  const away = useServerAway();
  return (
    <Stack gap="lg" role="status" aria-label="Loading">
      {away && <Text>This page opens as soon as the server can be reached.</Text>}
      <Skeleton height={36} maw={320} />
      <Skeleton height={160} />
      <Skeleton height={160} />
    </Stack>
  );
}

export function BrokenView({ error }: { error: unknown }) {
  return (
    <Page title="This page could not be shown">
      <ErrorNotice error={error} onRetry={() => void untilServerAnswers().then(() => location.reload())} />
    </Page>
  );
}

export function NotFound() {
  return (
    <Page title="Page not found" about="The address may be mistyped, or the page may have been deleted.">
      <AnchorLink to="/distributions">Go to Distributions</AnchorLink>
    </Page>
  );
}
