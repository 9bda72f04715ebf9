import { Page } from '../../parts/page.tsx';

export function System() {
  return <Page title="System">{null}</Page>;
}
