/** The tab's icon: LDF's own, or the state of the build that is looked at. */
import { useEffect } from 'react';

export type FaviconState = { state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'; share: number };

const own = '/icon.svg';

const marks: Readonly<Record<Exclude<FaviconState['state'], 'running'>, { color: string; path: string }>> = {
  queued: { color: '#868e96', path: 'M10 16h.01M16 16h.01M22 16h.01' },
  succeeded: { color: '#2b8a3e', path: 'm9 16.5 5 5 9-10' },
  failed: { color: '#c92a2a', path: 'M10.5 10.5l11 11M21.5 10.5l-11 11' },
  cancelled: { color: '#868e96', path: 'M11 11h10v10H11z' },
};

const radius = 12;
const around = 2 * Math.PI * radius;

/** An SVG document: a ring as far as a running build has come, or the sign of its end. */
export function faviconSvg({ state, share }: FaviconState): string {
  const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${content}</svg>`;
  const line = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  if (state === 'running') {
    const done = Math.max(0.02, Math.min(1, share)) * around;
    const ring = `cx="16" cy="16" r="${radius}" fill="none" stroke-width="6"`;
    return svg(
      `<circle ${ring} stroke="#bac8ff"/><circle ${ring} stroke="#3b5bdb" stroke-dasharray="${done.toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 16 16)"/>`,
    );
  }
  const { color, path } = marks[state];
  return svg(
    `<circle cx="16" cy="16" r="15" fill="${color}"/><path d="${path}" ${line} stroke="#fff" stroke-width="4"/>`,
  );
}

/** LDF's own icon comes back when the component goes. */
export function useFavicon(shown: FaviconState | undefined): void {
  const svg = shown && faviconSvg(shown);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link || svg === undefined) return;
    link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    return () => {
      link.href = own;
    };
  }, [svg]);
}
