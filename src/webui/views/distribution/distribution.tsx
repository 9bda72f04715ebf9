import { Page } from '../../parts/page.tsx';

export function Distribution() {
  return <Page title="Distribution">{null}</Page>;
}
