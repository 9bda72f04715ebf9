/** The picture in docs/architecture.md: folders as boxes, imports as arrows, as an SVG that is read in light and dark. */
import { type Arrow, type Imports, readImports } from './imports.ts';
import { placeSpots, type Spot } from './places.ts';
import { arrangeRows } from './rows.ts';

/** What each box is for, in a few words. A box that is not here, or a word for none, is an error. */
const purposes: Readonly<Record<string, string>> = {
  parts: 'what parts have in common',
  'parts/bootloaders': 'make firmware start kernels',
  'parts/checks': 'ask booted guests',
  'parts/file-tree': 'what disks are filled with',
  'parts/filesystems': 'size and fill partitions',
  'parts/formats': 'what disks are turned into',
  'parts/growth': 'a larger disk is used',
  'parts/labels': 'what a program may do',
  'parts/initramfs': 'runs before the root is there',
  'parts/inits': 'services, first boot',
  'parts/layouts': 'content to a disk',
  'parts/licenses': 'what packages are under',
  'parts/machines': 'what images are booted on',
  'parts/root-fs': 'files of a root being made',
  'parts/sources': 'where kernels come from',
  'parts/toolchains': 'compile kernels',
  'parts/userlands': 'choose, install, search',
  'src/access': 'tokens, sessions, scopes',
  'src/api': 'HTTP',
  'src/artifacts': 'results, by sha256',
  'src/catalog': 'components',
  'src/cli': 'the command line',
  'src/client': 'the client of the API',
  'src/config.ts': 'settings, as values',
  'src/data-folder.ts': 'its small files',
  'src/definition': 'what a user writes',
  'src/engine': 'runs plans',
  'src/examples.ts': 'definitions to start from',
  'src/events': 'journals of builds',
  'src/images': 'stage images',
  'src/keys': 'what images are signed with',
  'src/live-catalog.ts': 'the catalog as it is now',
  'src/log.ts': "the server's log",
  'src/model': 'what API and clients say',
  'src/plan': 'pure: what to run',
  'src/runtime': 'what the engine needs',
  'src/runtime/docker': 'Docker',
  'src/runtime/fake': 'for tests',
  'src/server.ts': 'the process',
  'src/settings.ts': 'the table of settings',
  'src/signatures': 'what others check',
  'src/stages': 'contract, lock, traits',
  'src/store': 'the database',
  'src/webui': 'in the browser',
  'src/wiring.ts': 'chooses implementations',
  'src/workers': 'threads for large input',
  'stage-images/boot-tester': 'boots images',
  'stage-images/contract': 'shared by the programs',
  'stage-images/image-packager': 'makes disk images',
  'stage-images/kernel-builder': 'makes kernels',
  'stage-images/kernel-builder-llvm': 'the same with LLVM',
  'stage-images/rootfs-assembler': 'makes root file systems',
};

const boxHeight = 38;
const rowHeight = 68;
const margin = 18;
const footLine = 16;

export function drawArchitecture(imports: Imports = readImports()): string {
  const { rows, drawn, upward } = arrangeRows(imports.boxes, imports.arrows);
  const { rows: spots, ways } = placeSpots(rows, drawn, boxWidth);
  const all = spots.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2)) - margin;
  const width = Math.ceil(Math.max(...all.map(({ x, width }) => x + width / 2)) + margin - left);
  const foot = footNotes(imports, upward);
  const height = margin * 2 + rowHeight * (rows.length - 1) + boxHeight + 14 + footLine * foot.length;
  const top = (index: number) => margin + rowHeight * index;
  const rowOf = (spot: Spot) => spots.findIndex((row) => row.includes(spot));
  const at = (spot: Spot) => ({ x: round(spot.x - left), y: top(rowOf(spot)) });
  const named = (name: string) => {
    const spot = all.find((one) => one.name === name);
    if (!spot) throw new Error(`there is no box ${name}`);
    return at(spot);
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    '<title id="title">Folders of LDF, and which imports which: importing folders stand above imported ones</title>',
    style,
    marker('tip', 'tip'),
    marker('tip-up', 'tip up'),
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...ways.map((way) => `<path class="arrow" d="${curve(way.map(at))}" marker-end="url(#tip)"/>`),
    ...upward.map(
      ({ from, to }) => `<path class="arrow up" d="${bow(named(from), named(to))}" marker-end="url(#tip-up)"/>`,
    ),
    ...imports.boxes.flatMap((name) => box(name, named(name), targets(imports.arrows, name))),
    ...foot.map(
      (text, index) =>
        `<text class="foot" x="${margin}" y="${height - margin - footLine * (foot.length - 1 - index)}">${escapeXml(text)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

const style = `<style>
  .page { fill: #ffffff } .box { fill: #eef3fb; stroke: #5b7bb2 } .image { fill: #eef7ee; stroke: #5b9a63 }
  text { font-family: system-ui, sans-serif; font-size: 11px; fill: #4a5260; text-anchor: middle }
  .name { font-family: ui-monospace, monospace; font-size: 13px; font-weight: 600; fill: #16202e }
  .foot { text-anchor: start } .arrow { fill: none; stroke: #7d8694; stroke-width: 1.2 } .tip { fill: #7d8694 }
  .arrow.up { stroke: #c2410c; stroke-dasharray: 4 3 } .tip.up { fill: #c2410c }
  @media (prefers-color-scheme: dark) {
    .page { fill: #12161c } .box { fill: #1b2636; stroke: #6f8fc7 } .image { fill: #1a2a1f; stroke: #6cab75 }
    text { fill: #aab4c2 } .name { fill: #e8edf4 } .arrow { stroke: #8a94a3 } .tip { fill: #8a94a3 }
    .arrow.up { stroke: #fb923c } .tip.up { fill: #fb923c }
  }
</style>`;

function marker(id: string, kind: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="${kind}" d="M0 0L8 4L0 8z"/></marker>`;
}

function targets(arrows: readonly Arrow[], name: string): string[] {
  return arrows.filter(({ from }) => from === name).map(({ to }) => to);
}

/** The tooltip has every import, those included whose arrows are left out. */
function box(name: string, { x, y }: Point, imported: readonly string[]): string[] {
  const width = boxWidth(name);
  const title = imported.length > 0 ? `${name} imports ${imported.join(', ')}` : `${name} imports no other folder`;
  return [
    `<g><title>${escapeXml(title)}</title><rect class="${name.startsWith('src/') ? 'box' : 'image'}" x="${round(x - width / 2)}" y="${y}" width="${width}" height="${boxHeight}" rx="5"/>`,
    `<text class="name" x="${x}" y="${y + 16}">${escapeXml(shortName(name))}</text><text x="${x}" y="${y + 31}">${escapeXml(purposeOf(name))}</text></g>`,
  ];
}

function purposeOf(name: string): string {
  const purpose = purposes[name];
  if (purpose !== undefined) return purpose;
  throw new Error(
    `${name} is not among the purposes in scripts/architecture/draw.ts: say in a few words what it is for`,
  );
}

/** Names of `purposes` that nothing has any more. */
export function purposesOfNothing({ boxes }: Imports): string[] {
  return Object.keys(purposes).filter((name) => !boxes.includes(name));
}

function shortName(name: string): string {
  return name.replace(/^(src|stage-images)\//, '');
}

/** Widths of characters as most fonts have them: no font is measured, so that the picture is the same everywhere. */
function boxWidth(name: string): number {
  return Math.ceil(Math.max(shortName(name).length * 8, purposeOf(name).length * 6) + 16);
}

interface Point {
  x: number;
  y: number;
}

/** From the lower edge of the first to the upper edge of the last, upright where it meets a row. */
function curve(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  const parts = [`M${first.x} ${first.y + boxHeight}`];
  let from = { x: first.x, y: first.y + boxHeight };
  others.forEach((point, index) => {
    const bend = round((point.y - from.y) / 2);
    parts.push(`C${from.x} ${round(from.y + bend)} ${point.x} ${round(point.y - bend)} ${point.x} ${point.y}`);
    from = point;
    if (index === others.length - 1) return;
    // Past the boxes of a row it goes straight down.
    parts.push(`V${point.y + boxHeight}`);
    from = { x: point.x, y: point.y + boxHeight };
  });
  return parts.join('');
}

/** From the upper edge of the one below to the lower edge of the one above. */
function bow(from: Point, to: Point): string {
  const [startY, endY] = [from.y, to.y + boxHeight];
  const x = Math.max(from.x, to.x) + 90;
  return `M${from.x} ${startY}C${x} ${startY - 40} ${x} ${endY + 40} ${to.x} ${endY}`;
}

function footNotes({ basics }: Imports, upward: readonly Arrow[]): string[] {
  const names = basics.map(shortName).join(', ');
  return [
    'An arrow means: imports. One that a way over other boxes shows already is left out. Blue: src. Green: stage-images and parts, which run in containers.',
    ...(upward.length > 0 ? ['Dashed: an import that goes up, and closes a circle of folders.'] : []),
    `Everybody may import ${names}.`,
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
