import { Page } from '../../parts/page.tsx';

export function Builds() {
  return <Page title="Builds">{null}</Page>;
}
