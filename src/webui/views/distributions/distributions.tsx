import { Page } from '../../parts/page.tsx';

export function Distributions() {
  return <Page title="Distributions">{null}</Page>;
}
