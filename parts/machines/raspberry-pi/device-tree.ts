/** What a flattened device tree (https://www.devicetree.org/specifications/, chapter 5) is of. Pure. */

const magic = 0xd00dfeed;
const beginNode = 1;
const property = 3;
const nothing = 4;

/** What the root node is compatible with; undefined for what is no device tree. */
export function compatibleOf(tree: Buffer): string[] | undefined {
  try {
    if (tree.readUInt32BE(0) !== magic) return undefined;
    const strings = tree.readUInt32BE(12);
    // The root node has an empty name, which fills one word.
    let at = tree.readUInt32BE(8);
    if (tree.readUInt32BE(at) !== beginNode) return undefined;
    for (at += 8; ; ) {
      const token = tree.readUInt32BE(at);
      at += 4;
      if (token === nothing) continue;
      if (token !== property) return undefined;
      const [length, name] = [tree.readUInt32BE(at), strings + tree.readUInt32BE(at + 4)];
      const value = tree.toString('latin1', at + 8, at + 8 + length);
      if (tree.toString('latin1', name, tree.indexOf(0, name)) === 'compatible')
        return value.split('\0').filter(Boolean);
      at += 8 + Math.ceil(length / 4) * 4;
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
