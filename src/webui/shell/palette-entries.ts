/** What the command palette finds: actions of the page, views, distributions and builds. Pure. */

export interface PaletteEntry {
  id: string;
  group: 'On this page' | 'Views' | 'Distributions' | 'Builds';
  label: string;
  about?: string | undefined;
  key?: string | undefined;
  run: () => void;
}

const mostShown = 40;

/** Those that hold every word that is typed; such whose label begins with it come first in their group. */
export function foundEntries(entries: readonly PaletteEntry[], typed: string): PaletteEntry[] {
  const wanted = typed.toLowerCase().trim();
  const words = wanted.split(/\s+/);
  const found = entries.filter(({ label, about = '' }) => {
    const text = `${label} ${about}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ label }: PaletteEntry) => (label.toLowerCase().startsWith(wanted) ? 0 : 1);
  const groups = [...new Set(entries.map(({ group }) => group))];
  return groups
    .flatMap((group) => found.filter((entry) => entry.group === group).toSorted((a, b) => rank(a) - rank(b)))
    .slice(0, mostShown);
}
