/** What a verification found, for people: a verdict, a line for each artifact, and where to look for the cause. */

import type { FirstDifference, RebuiltArtifact, Reproducibility } from '../../model/reproducibility.ts';
import { printableText } from '../../printable-text.ts';
import type { Paint } from './style.ts';
import { formatTable } from './table.ts';

export function reproducibleLines(found: Reproducibility, paint: Paint): string[] {
  const rows = found.artifacts.map((artifact) => [
    artifact.same ? paint('green', '  ✓') : paint('red', '  ✗'),
    artifact.name,
    artifactWords(artifact),
  ]);
  const lines = [
    verdictLine(found, paint),
    ...formatTable([{ title: '' }, { title: '' }, { title: '' }], rows).slice(1),
  ];
  if (found.firstDifference) lines.push(`  first difference: ${differenceWords(found.firstDifference)}`);
  return lines;
}

function verdictLine({ state, by }: Reproducibility, paint: Paint): string {
  switch (state) {
    case 'same':
      return paint('green', `reproducible: build ${by} made the same bytes from nothing`);
    case 'different':
      return paint('red', `not reproducible: build ${by} made other bytes`);
    case 'failed':
      return paint('yellow', `not verified: build ${by} failed`);
  }
}

function artifactWords({ same, sha256, again, firstDifferentByte }: RebuiltArtifact): string {
  if (same) return `sha256 ${sha256}`;
  if (sha256 === null || again === null) return `only ${sha256 === null ? 'the verification' : 'the build'} has it`;
  return `sha256 ${sha256}, again ${again}${firstDifferentByte === null ? '' : `, from byte ${firstDifferentByte} on`}`;
}

function differenceWords({ stage, path, member, how }: FirstDifference): string {
  const where = member === null ? path : `${member} in ${path}`;
  return printableText(`${where} of stage ${stage}: ${how}`);
}
