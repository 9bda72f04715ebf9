/** deb822(5): stanzas of `Field: value` lines, as in Packages files, Release files, .sources files and control files. */

/** Field names in lower case (they are case-insensitive); the lines of a long value are joined by line feeds. */
export type Stanza = Map<string, string>;

/** Reads every stanza; comment lines are left out, and so is an OpenPGP signature around the text. */
export function parseControl(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  let stanza: Stanza = new Map();
  let field = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const start = /^([^\s:#-][^\s:]*):[ \t]*(.*)$/.exec(line);
    if (start) {
      field = (start[1] ?? '').toLowerCase();
      stanza.set(field, (start[2] ?? '').trimEnd());
    } else if (/^[ \t]/.test(line) && field !== '') {
      stanza.set(field, `${stanza.get(field)}\n${line.trimEnd()}`);
    } else {
      if (stanza.size > 0) stanzas.push(stanza);
      stanza = new Map();
      field = '';
    }
  }
  if (stanza.size > 0) stanzas.push(stanza);
  return stanzas;
}
